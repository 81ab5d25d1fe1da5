package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows addresses the rows of a matrix, which lie stride bytes apart.
type rows struct {
	bases  []reg.Register // of rows 0, 3, …
	stride reg.Register
}

func (v vector) newRows(n int, first, stride reg.Register) rows {
	bases := []reg.Register{first}
	for r := 3; r < n; r += 3 {
		next := v.GP64()
		v.LEAQ(operand.Mem{Base: bases[r/3-1], Index: stride, Scale: 2}, next)
		v.ADDQ(stride, next)
		bases = append(bases, next)
	}
	return rows{bases, stride}
}

// at returns the address of a row.
func (r rows) at(row int) operand.Mem {
	at := operand.Mem{Base: r.bases[row/3]}
	if row%3 > 0 {
		at.Index, at.Scale = r.stride, uint8(row%3)
	}
	return at
}
