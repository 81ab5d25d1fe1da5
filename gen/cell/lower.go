package cell

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Lower writes the cell's tree as a graph, operator for operator: the definition
// of what the cell computes. Node k's pre-activation is named pk and its value
// ak; the injection's are pinj and ainj.
func (s *Spec) Lower() *ir.Func {
	c := s.Cell
	f := &ir.Func{Name: s.Name, Slots: slots(c)}
	b := ir.NewBuilder(f)
	cPrev := b.Input("cprev", ir.CPrev, 0)
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
	b.Return(act[c.Root()], ir.H, 0)
	b.Return(pre[c.CIdx], ir.C, 0)
	f.Check("lower")
	return f
}

// slots returns the slots of a cell's leaves: one for an add leaf, whose sum
// the products compute, two for any other.
func slots(c *Cell) []ir.Slot {
	var slots []ir.Slot
	for k, n := range c.Nodes[:c.Leaves()] {
		if n.Combine.Name == "add" {
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
	if n.Combine == op.Must("add") {
		return b.Input(fmt.Sprintf("p%d", k), ir.SlotIn, input)
	}
	x := b.Input(fmt.Sprintf("x%d", k), ir.SlotIn, input)
	h := b.Input(fmt.Sprintf("h%d", k), ir.SlotIn, recurrent)
	return b.Apply(fmt.Sprintf("p%d", k), n.Combine, x, h)
}
