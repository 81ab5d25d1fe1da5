package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
)

// peakChains are enough to keep every FMA unit busy, few enough for registers.
const peakChains = 12

// peak emits a loop of FMAs between registers alone: what benchmarks are
// measured against.
func (v vector) peak() {
	name := "peak" + v.name
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.SignatureExpr("func(n int)")
	v.Doc(fmt.Sprintf("%s computes n·%d·%d independent FMAs, between registers: the most a benchmark can reach.",
		name, peakChains, v.lanes))
	n := v.Load(v.Param("n"), v.GP64())
	chains := v.vectors(peakChains)
	for _, x := range chains {
		v.VXORPS(x, x, x)
	}
	v.Label("step")
	for _, x := range chains {
		v.VFMADD231PS(x, x, x)
	}
	v.DECQ(n)
	v.JNZ(operand.LabelRef("step"))
	v.VZEROUPPER()
	v.RET()
}
