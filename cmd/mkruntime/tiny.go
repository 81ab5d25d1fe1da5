package main

import (
	"github.com/mmcloughlin/avo/operand"
)

// tiny emits the search for the smallest number but 0, by its bits. The sign, shifted out
// by the doubling, does not count, and negation turns the smallest into the largest, while
// 0 stays the smallest.
func (v vector) tiny() {
	v.Begin("tiny"+v.Name, "func(vectors int, x *float32, most *uint32)",
		"computes, vectors being above 0,", "",
		"\tfor i := range vectors * lanes {",
		"\t\tmost[i%lanes] = max(most[i%lanes], -2*math.Float32bits(x[i]))", "\t}")
	vectors, x, result := v.param("vectors"), v.param("x"), v.param("most")
	bits, value, zero, most := v.New(), v.New(), v.New(), v.New()
	v.VXORPS(zero, zero, zero)
	v.VMOVUPS(operand.Mem{Base: result}, most)
	v.Label("vectors")
	v.VMOVUPS(operand.Mem{Base: x}, value)
	v.VPSUBD(value, zero, bits)
	v.VPSUBD(value, bits, bits)
	v.VPMAXUD(bits, most, most)
	v.ADDQ(operand.I8(4*v.Lanes), x)
	v.DECQ(vectors)
	v.JNZ(operand.LabelRef("vectors"))
	v.VMOVUPS(most, operand.Mem{Base: result})
	v.VZEROUPPER()
	v.RET()
}
