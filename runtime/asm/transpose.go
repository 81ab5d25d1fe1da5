package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose emits the transposition of eight rows, eight columns at a time: in
// pairs of elements, of pairs, and of halves of a vector. What the next eight rows
// are read from and written to is fetched meanwhile.
func (v vector) transpose() {
	v.Function("transpose" + v.name)
	v.Attributes(attr.NOSPLIT)
	v.Pragma("noescape")
	v.SignatureExpr("func(n int, from *float32, fromRow int, to *float32, toRow int)")
	v.Doc("transpose"+v.name+" computes, strides being in bytes and n above 0,", "",
		"\tfor r := range 8 {", "\t\tfor j := range 8 * n {",
		"\t\t\tto[j·toRow+4·r] = from[r·fromRow+4·j]", "\t\t}", "\t}")
	param := func(name string) reg.Register { return v.Load(v.Param(name), v.GP64()) }
	n := param("n")
	from, to := v.newRows(8, param("from"), param("fromRow")), v.newRows(8, param("to"), param("toRow"))
	below := v.GP64()
	v.LEAQ(operand.Mem{Base: from.bases[0], Index: from.stride, Scale: 8}, below)
	next := v.newRows(8, below, from.stride)
	v.Label("columns")
	for r := range 8 {
		v.PREFETCHT0(next.at(r))
		line := to.at(r)
		line.Disp = 64
		v.PREFETCHT0(line)
	}
	rows := v.vectors(8)
	for r := range rows {
		v.VMOVUPS(from.at(r), rows[r])
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
		v.VMOVUPS(rows[column], to.at(r))
	}
	for i, base := range from.bases {
		v.ADDQ(operand.I8(4*v.lanes), base)
		v.ADDQ(operand.I8(4*v.lanes), next.bases[i])
		v.LEAQ(operand.Mem{Base: to.bases[i], Index: to.stride, Scale: 8}, to.bases[i])
	}
	v.DECQ(n)
	v.JNZ(operand.LabelRef("columns"))
	v.VZEROUPPER()
	v.RET()
}

// pairs combines rows that are distance apart, into one in the place of each.
func (v vector) pairs(rows []reg.Register, distance int, combine func(a, b, low, high reg.Register)) []reg.Register {
	next := make([]reg.Register, len(rows))
	for i := range rows {
		if i&distance == 0 {
			low, high := v.new(), v.new()
			combine(rows[i], rows[i+distance], low, high)
			next[i], next[i+distance] = low, high
		}
	}
	return next
}
