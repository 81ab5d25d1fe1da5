package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
)

// add emits the addition of a matrix to another, row by row: whole vectors first, then
// the tail.
func (v vector) add() {
	v.Begin("add"+v.Name, "func(rows, n int, to *float32, toRow int, from *float32, fromRow int)",
		"computes, strides being in bytes and rows above 0,", "",
		"\tfor r := range rows {", "\t\tfor j := range n {",
		"\t\t\tto[r·toRow+4·j] += from[r·fromRow+4·j]", "\t\t}", "\t}")
	rows, whole, rest := v.param("rows"), v.param("n"), v.param("n")
	to, toRow, from, fromRow := v.param("to"), v.param("toRow"), v.param("from"), v.param("fromRow")
	v.SHRQ(operand.U8(bits.TrailingZeros(uint(v.Lanes))), whole)
	v.ANDQ(operand.U8(v.Lanes-1), rest)
	mask := v.Tail(rest)
	at, of, left := v.GP64(), v.GP64(), v.GP64()
	sum, term := v.New(), v.New()

	v.Label("rows")
	v.MOVQ(to, at)
	v.MOVQ(from, of)
	v.MOVQ(whole, left)
	v.TESTQ(left, left)
	v.JZ(operand.LabelRef("tail"))
	v.Label("vectors")
	v.VMOVUPS(operand.Mem{Base: at}, sum)
	v.VADDPS(operand.Mem{Base: of}, sum, sum)
	v.VMOVUPS(sum, operand.Mem{Base: at})
	v.ADDQ(operand.I8(4*v.Lanes), at)
	v.ADDQ(operand.I8(4*v.Lanes), of)
	v.DECQ(left)
	v.JNZ(operand.LabelRef("vectors"))
	v.Label("tail")
	v.TESTQ(rest, rest)
	v.JZ(operand.LabelRef("next"))
	v.LoadTail(operand.Mem{Base: at}, mask, sum)
	v.LoadTail(operand.Mem{Base: of}, mask, term)
	v.VADDPS(term, sum, sum)
	v.StoreTail(sum, mask, operand.Mem{Base: at})
	v.Label("next")
	v.ADDQ(toRow, to)
	v.ADDQ(fromRow, from)
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("rows"))
	v.VZEROUPPER()
	v.RET()
}
