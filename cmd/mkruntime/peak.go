package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"

	"github.com/cellgen/cellgen/gen/emit/amd64"
)

// peakChains is the number of independent sums: enough to keep every FMA unit busy, few
// enough for the registers.
const peakChains = 12

// readValues is how many values one iteration of read loads: eight cache lines.
const readValues = 8 * 16

// writePeaks writes the loops that benchmarks are measured against.
func writePeaks(pkg string) (assembly, stubs []byte, err error) {
	f := amd64.NewFile()
	for _, v := range vectors(f) {
		v.fma()
		v.read()
	}
	return f.Print(pkg)
}

// fma emits a loop of FMAs that touches only registers.
func (v vector) fma() {
	v.Begin("fma"+v.Name, "func(n int)",
		fmt.Sprintf("computes n·%d·%d independent FMAs between registers: the most a benchmark can reach.", peakChains, v.Lanes))
	n := v.param("n")
	chains := v.several(peakChains)
	for _, x := range chains {
		v.VXORPS(x, x, x)
	}
	v.Label("loop")
	for _, x := range chains {
		v.VFMADD231PS(x, x, x)
	}
	v.DECQ(n)
	v.JNZ(operand.LabelRef("loop"))
	v.VZEROUPPER()
	v.RET()
}

// read emits a loop that loads memory in order and does nothing else: it gives the
// bandwidth that a product of one row is measured against.
func (v vector) read() {
	v.Begin("read"+v.Name, "func(n int, b *float32)",
		fmt.Sprintf("loads n·%d values, from b on; n must be above 0.", readValues))
	n, b := v.param("n"), v.param("b")
	x := v.New()
	v.Label("loop")
	for at := 0; at < readValues; at += v.Lanes {
		v.VMOVUPS(operand.Mem{Base: b, Disp: 4 * at}, x)
	}
	v.ADDQ(operand.I32(4*readValues), b)
	v.DECQ(n)
	v.JNZ(operand.LabelRef("loop"))
	v.VZEROUPPER()
	v.RET()
}
