package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
)

// peakChains are enough to keep every FMA unit busy, few enough for registers.
const peakChains = 12

// fma emits a loop of FMAs between registers alone: what benchmarks are
// measured against.
func (v vector) fma() {
	name := "fma" + v.name
	v.start(name, "func(n int)")
	v.Doc(fmt.Sprintf("%s computes n·%d·%d independent FMAs, between registers: the most a benchmark can reach.",
		name, peakChains, v.lanes))
	n := v.param("n")
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

// readLines is how many cache lines a step of read takes.
const readLines = 8

// read emits a loop that loads memory in its order and does nothing else: the
// bandwidth that a product with one row is measured against.
func (v vector) read() {
	name := "read" + v.name
	v.start(name, "func(n int, b *float32)")
	v.Doc(fmt.Sprintf("%s loads the n·%d values from b on, n being above 0.", name, 16*readLines))
	n, b := v.param("n"), v.param("b")
	x := v.vectors(4)
	v.Label("step")
	for at := 0; at < 64*readLines; at += 4 * v.lanes {
		v.VMOVUPS(operand.Mem{Base: b, Disp: at}, x[at/(4*v.lanes)%len(x)])
	}
	v.ADDQ(operand.I32(64*readLines), b)
	v.DECQ(n)
	v.JNZ(operand.LabelRef("step"))
	v.VZEROUPPER()
	v.RET()
}
