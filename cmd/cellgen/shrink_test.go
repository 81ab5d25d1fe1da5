package main

import (
	"slices"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/op"
)

// shrink returns, from a cell that fails, a cell that fails while no smaller one does.
func shrink(c *cell.Cell, fails func(*cell.Cell) bool) *cell.Cell {
	for {
		list := smaller(c)
		i := slices.IndexFunc(list, fails)
		if i < 0 {
			return c
		}
		c = list[i]
	}
}

// smaller returns cells that are simpler in one respect, the smallest first: a run of
// consecutive nodes as a tree with fewer leaves; add or identity in place of an operator;
// an index reduced by one.
func smaller(c *cell.Cell) (list []*cell.Cell) {
	var ops []cell.Ops // the last are the injection's
	for _, n := range c.Nodes {
		ops = append(ops, n.Ops)
	}
	ops = append(ops, c.Inject)
	last := c.Root()
	for root := 0; root < last; root += 2 {
		for from := 0; from+root <= last; from++ {
			list = append(list, cell.New(ops[from:from+root+1], c.Inject, min(c.CIdx, root), min(c.InjIdx, root)))
		}
	}
	add, identity := op.Lookup("add"), op.Lookup("identity")
	for k, o := range ops {
		for _, simpler := range []cell.Ops{{Combine: add, Activate: o.Activate}, {Combine: o.Combine, Activate: identity}} {
			if simpler != o {
				changed := slices.Clone(ops)
				changed[k] = simpler
				list = append(list, cell.New(changed[:last+1], changed[last+1], c.CIdx, c.InjIdx))
			}
		}
	}
	if c.CIdx > 0 {
		list = append(list, cell.New(ops[:last+1], c.Inject, c.CIdx-1, c.InjIdx))
	}
	if c.InjIdx > 0 {
		list = append(list, cell.New(ops[:last+1], c.Inject, c.CIdx, c.InjIdx-1))
	}
	return list
}

// TestShrink plants failures and expects the smallest cells that have them.
func TestShrink(t *testing.T) {
	big, err := cell.Parse("tokens", "add sigmoid add relu max sigmoid mul relu add tanh add sigmoid mul sin add sigmoid mul tanh add tanh mul tanh add sigmoid mul identity add tanh mul tanh max tanh 12 8")
	if err != nil {
		t.Fatal(err)
	}
	uses := func(name string) func(*cell.Cell) bool {
		return func(c *cell.Cell) bool { return slices.Contains(c.Tokens(), name) }
	}
	for _, planted := range []struct {
		want  string
		fails func(*cell.Cell) bool
	}{
		{"add identity add identity 0 0", func(*cell.Cell) bool { return true }},
		{"add sin add identity 0 0", uses("sin")},
		{"add identity max identity 0 0", func(c *cell.Cell) bool { return c.Inject.Combine.Name == "max" }},
		{"add identity add identity add identity add identity 0 2", func(c *cell.Cell) bool { return c.InjIdx > 1 }},
		{"add identity mul sin add identity add identity 0 0", func(c *cell.Cell) bool {
			return uses("sin")(c) && c.Leaves() > 1 && c.Nodes[1].Combine.Name == "mul"
		}},
		{big.String(), func(c *cell.Cell) bool { return false }},
	} {
		if got := shrink(big, planted.fails).String(); got != planted.want {
			t.Errorf("shrinks to %s, want %s", got, planted.want)
		}
	}
}
