package main

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
)

// leafCell returns the cell of some leaves, as [cell.Spec] lowers them, with these states. The
// products take the state h.
func leafCell(leaves int, bias bool, states ...ir.State) ir.Cell {
	c := ir.Cell{States: states}
	for i := range states {
		c.States[i].Width = ir.WidthHidden
	}
	for l := range leaves {
		c.Params = append(c.Params,
			ir.Param{Name: fmt.Sprint("W", l), Shape: []string{ir.WidthHidden, ir.WidthInput}, Initial: ir.GlorotUniform},
			ir.Param{Name: fmt.Sprint("U", l), Shape: []string{ir.WidthHidden, ir.WidthHidden}, Initial: ir.GlorotUniform})
		if bias {
			c.Params = append(c.Params, ir.Param{Name: fmt.Sprint("b", l), Shape: []string{ir.WidthHidden}, Initial: ir.Constant, Args: []float64{0}})
		}
	}
	return c
}

// leafSlot returns the slot of a leaf: of its product with x, with h and the bias, or both.
func leafSlot(c *ir.Cell, leaf int, x, h bool) ir.Slot {
	s := ir.Slot{Width: ir.WidthHidden}
	for i, p := range c.Params {
		if leafOf(p) != leaf {
			continue
		}
		switch t := (ir.Term{Param: i}); p.Name[0] {
		case 'W':
			if t.Operand.Kind = ir.Given; x {
				s.Terms = append(s.Terms, t)
			}
		case 'U':
			if t.Operand = (ir.Port{Kind: ir.Prev, Index: ir.OutputState(c.States)}); h {
				s.Terms = append(s.Terms, t)
			}
		default:
			if h {
				s.Terms = append(s.Terms, t)
			}
		}
	}
	return s
}
