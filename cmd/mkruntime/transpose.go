package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A transposition takes stripes of stripeRows rows, in which each column is one cache
// line, and stripeColumns columns of a stripe at a time.
const (
	stripeRows    = 16
	stripeColumns = 8
)

// transpose emits the transposition of one stripe, in vectors of eight lanes.
func (v vector) transpose() {
	v.Begin("transpose"+v.Name, "func(n int, from *float32, fromRow int, to *float32, toRow int)",
		"computes, strides being in bytes and n above 0,", "",
		fmt.Sprintf("\tfor r := range %d {", stripeRows), fmt.Sprintf("\t\tfor j := range %d * n {", stripeColumns),
		"\t\t\tto[j·toRow+4·r] = from[r·fromRow+4·j]", "\t\t}", "\t}")
	n := v.param("n")
	from := v.newRows(stripeRows, v.param("from"), v.param("fromRow"))
	to := v.newRows(stripeColumns, v.param("to"), v.param("toRow"))
	v.Label("columns")
	for first := 0; first < stripeRows; first += v.Lanes {
		v.transposeSquare(from, to, first)
	}
	for _, base := range from.bases {
		v.ADDQ(operand.I8(4*stripeColumns), base)
	}
	for _, base := range to.bases {
		v.LEAQ(operand.Mem{Base: base, Index: to.stride, Scale: 8}, base)
	}
	v.DECQ(n)
	v.JNZ(operand.LabelRef("columns"))
	v.VZEROUPPER()
	v.RET()
}

// transposeSquare emits the transposition of eight rows, from the first on, and eight
// columns: it swaps single elements, then pairs, then halves of a vector.
func (v vector) transposeSquare(from, to rows, first int) {
	rows := v.several(v.Lanes)
	for r := range rows {
		v.VMOVUPS(from.at(first+r), rows[r])
	}
	rows = v.pairs(rows, 1, func(a, b, low, high reg.Register) {
		v.VUNPCKLPS(b, a, low)
		v.VUNPCKHPS(b, a, high)
	})
	rows = v.pairs(rows, 2, func(a, b, low, high reg.Register) {
		v.VSHUFPS(operand.U8(0x44), b, a, low)
		v.VSHUFPS(operand.U8(0xee), b, a, high)
	})
	rows = v.pairs(rows, 4, func(a, b, low, high reg.Register) {
		v.VPERM2F128(operand.U8(0x20), b, a, low)
		v.VPERM2F128(operand.U8(0x31), b, a, high)
	})
	for r, column := range []int{0, 2, 1, 3, 4, 6, 5, 7} {
		at := to.at(r)
		at.Disp = 4 * first
		v.VMOVUPS(rows[column], at)
	}
}

// pairs combines every two rows that are distance apart into two new ones in their places.
func (v vector) pairs(rows []reg.Register, distance int, combine func(a, b, low, high reg.Register)) []reg.Register {
	next := make([]reg.Register, len(rows))
	for i := range rows {
		if i&distance == 0 {
			low, high := v.New(), v.New()
			combine(rows[i], rows[i+distance], low, high)
			next[i], next[i+distance] = low, high
		}
	}
	return next
}
