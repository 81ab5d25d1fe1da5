package cell

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Lower returns the cell's tree as a graph, one operation for each operator: the
// definition of what the cell computes. Node k's pre-activation is named pk and its
// value ak; the injection's are pinj and ainj.
func (s *Spec) Lower() *ir.Func {
	c := s.Cell
	f := &ir.Func{Name: s.Name, Cell: ir.Cell{States: states(), Params: params(c, s.Bias)}}
	f.Slots = slots(c, s.Bias)
	b := ir.NewBuilder(f)
	cPrev := b.Input("cprev", ir.Prev, stateC)
	pre := make([]*ir.Value, len(c.Nodes))
	act := make([]*ir.Value, len(c.Nodes))
	for k, n := range c.Nodes {
		b.Node = k
		if n.Left == None {
			pre[k] = leaf(b, k, n)
		} else {
			pre[k] = b.Apply(fmt.Sprintf("p%d", k), n.Combine, act[n.Left], act[n.Right])
		}
		act[k] = b.Apply(fmt.Sprintf("a%d", k), n.Activate, pre[k])
		if k == c.InjIdx {
			act[k] = b.Apply("pinj", c.Inject.Combine, act[k], cPrev)
			act[k] = b.Apply("ainj", c.Inject.Activate, act[k])
		}
	}
	b.Return(act[c.Root()], ir.Next, stateH)
	b.Return(pre[c.CIdx], ir.Next, stateC)
	f.Check("lower")
	return f
}

// The states of a cell: h, which the products take, and c, which joins a node.
const (
	stateH = iota
	stateC
)

func states() []ir.State {
	return []ir.State{
		stateH: {Name: "h", Width: ir.WidthHidden, Output: true},
		stateC: {Name: "c", Width: ir.WidthHidden, Elementwise: true},
	}
}

// params returns the parameters of a cell's leaves: W_l, U_l and, if leaves have a bias, b_l.
// In the text of slots, leaves stand for them.
func params(c *Cell, bias bool) []ir.Param {
	var params []ir.Param
	for l := range c.Leaves() {
		leaf := strconv.Itoa(l)
		params = append(params,
			ir.Param{Name: "W" + leaf, Label: leaf, Shape: []string{ir.WidthHidden, ir.WidthInput}, Initial: ir.GlorotUniform},
			ir.Param{Name: "U" + leaf, Label: leaf, Shape: []string{ir.WidthHidden, ir.WidthHidden}, Initial: ir.GlorotUniform})
		if bias {
			params = append(params, ir.Param{Name: "b" + leaf, Shape: []string{ir.WidthHidden}, Initial: ir.Constant, Args: []float64{0}})
		}
	}
	return params
}

// slots returns the slots of a cell's leaves: one for a leaf that adds, whose sum the
// products compute, and two for any other: x·W_l, and h·U_l with the bias. Slots with x alone
// come first, slots with h alone last.
func slots(c *Cell, bias bool) []ir.Slot {
	var slots [3][]ir.Slot
	kinds := 2
	if bias {
		kinds = 3
	}
	for l, n := range c.Nodes[:c.Leaves()] {
		input := []ir.Term{{Param: kinds * l, Operand: ir.Port{Kind: ir.Given}}}
		recurrent := []ir.Term{{Param: kinds*l + 1, Operand: ir.Port{Kind: ir.Prev, Index: stateH}}}
		if bias {
			recurrent = append(recurrent, ir.Term{Param: kinds*l + 2})
		}
		if n.Combine == op.Add {
			slots[1] = append(slots[1], slot(append(input, recurrent...)))
		} else {
			slots[0], slots[2] = append(slots[0], slot(input)), append(slots[2], slot(recurrent))
		}
	}
	return slices.Concat(slots[0], slots[1], slots[2])
}

func slot(terms []ir.Term) ir.Slot { return ir.Slot{Width: ir.WidthHidden, Terms: terms} }

// leaf appends the pre-activation of leaf k.
func leaf(b *ir.Builder, k int, n Node) *ir.Value {
	label := strconv.Itoa(k)
	of := func(kind ir.PortKind) int {
		return slices.IndexFunc(b.Slots, func(s ir.Slot) bool {
			return slices.ContainsFunc(s.Terms, func(t ir.Term) bool { return t.Operand.Kind == kind && b.Params[t.Param].Label == label })
		})
	}
	if n.Combine == op.Add {
		return b.Input(fmt.Sprintf("p%d", k), ir.SlotIn, of(ir.Given))
	}
	x := b.Input(fmt.Sprintf("x%d", k), ir.SlotIn, of(ir.Given))
	h := b.Input(fmt.Sprintf("h%d", k), ir.SlotIn, of(ir.Prev))
	return b.Apply(fmt.Sprintf("p%d", k), n.Combine, x, h)
}
