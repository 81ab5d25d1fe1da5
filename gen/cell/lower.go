package cell

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Lower returns the cell's tree as a graph, one operation for each operator: the
// definition of what the cell computes. Node k's pre-activation is named pk and its
// value ak; the injection's are pinj and ainj.
func (s *Spec) Lower() *ir.Func {
	c := s.Cell
	f := &ir.Func{Name: s.Name, States: states(), Bias: s.Bias, Slots: slots(c)}
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
	return []ir.State{stateH: {Name: "h", Output: true}, stateC: {Name: "c", Elementwise: true}}
}

// slots returns the slots of a cell's leaves: one for a leaf that adds, whose sum the
// products compute, and two for any other.
func slots(c *Cell) []ir.Slot {
	var slots []ir.Slot
	for k, n := range c.Nodes[:c.Leaves()] {
		if n.Combine == op.Add {
			slots = append(slots, ir.Slot{Input: []int{k}, Recurrent: []int{k}})
		} else {
			slots = append(slots, ir.Slot{Input: []int{k}}, ir.Slot{Recurrent: []int{k}})
		}
	}
	slices.SortStableFunc(slots, func(a, b ir.Slot) int { return a.Side() - b.Side() })
	return slots
}

// leaf appends the pre-activation of leaf k.
func leaf(b *ir.Builder, k int, n Node) *ir.Value {
	input := slices.IndexFunc(b.Slots, func(s ir.Slot) bool { return slices.Contains(s.Input, k) })
	recurrent := slices.IndexFunc(b.Slots, func(s ir.Slot) bool { return slices.Contains(s.Recurrent, k) })
	if n.Combine == op.Add {
		return b.Input(fmt.Sprintf("p%d", k), ir.SlotIn, input)
	}
	x := b.Input(fmt.Sprintf("x%d", k), ir.SlotIn, input)
	h := b.Input(fmt.Sprintf("h%d", k), ir.SlotIn, recurrent)
	return b.Apply(fmt.Sprintf("p%d", k), n.Combine, x, h)
}
