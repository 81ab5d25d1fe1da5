package main

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// BenchmarkKernel times the elementwise part alone, per unit and row, on a block
// that stays in cache.
func BenchmarkKernel(b *testing.B) {
	const rows = 16
	for name := range shipped {
		generated, interpreted, err := newLayers("../generated", name, shape{rows, runtime.BlockUnits})
		if err != nil {
			b.Fatal(err)
		}
		for form, layer := range map[string]*runtime.Layer{"generated": generated, "interpreted": interpreted} {
			k := newBlock(layer.Kernel(), rows)
			b.Run(name+"/"+form+"/forward", func(b *testing.B) { k.time(b, k.forward) })
			b.Run(name+"/"+form+"/backward", func(b *testing.B) { k.time(b, k.backward) })
		}
	}
}

// TestInterpretedKernel compares the interpreted kernel with the generated one,
// within 2e-6 for each array (relative Euclidean norm): what is measured computes
// the same.
func TestInterpretedKernel(t *testing.T) {
	const rows = 7
	for name := range shipped {
		generated, interpreted, err := newLayers("../generated", name, shape{rows, runtime.BlockUnits})
		if err != nil {
			t.Fatal(err)
		}
		g, i := newBlock(generated.Kernel(), rows), newBlock(interpreted.Kernel(), rows)
		for _, k := range []*block{g, i} {
			k.forward()
			k.backward()
		}
		for n, x := range i.arrays() {
			var difference, norm float64
			for j, v := range g.arrays()[n] {
				difference = math.Hypot(difference, float64(v-x[j]))
				norm = math.Hypot(norm, float64(v))
			}
			if !(difference <= 2e-6*norm) {
				t.Errorf("%s: array %d differs by %.1e of its norm", name, n, difference/norm)
			}
		}
	}
}

// block is the arguments of a kernel's calls.
type block struct {
	kernel                   runtime.Kernel
	rows                     int
	tile, cPrev, saved, h, c []float32
	dh, dc, dtile, dcPrev    []float32
}

func newBlock(k runtime.Kernel, rows int) *block {
	input, _ := k.Slots()
	fill := func(values int) []float32 {
		x := make([]float32, rows*values*runtime.BlockUnits)
		for i := range x {
			x[i] = float32(i%29)/8 - 1.75
		}
		return x
	}
	return &block{
		k, rows, fill(len(input)), fill(1), fill(k.Saved()), fill(1), fill(1),
		fill(1), fill(1), fill(len(input)), fill(1),
	}
}

func (k *block) forward() {
	k.kernel.Forward(k.rows, k.tile, k.cPrev, k.saved, k.h, k.c, runtime.BlockUnits)
}

func (k *block) backward() {
	k.kernel.Backward(k.rows, k.saved, k.cPrev, k.dh, k.dc, k.dtile, k.dcPrev, runtime.BlockUnits)
}

func (k *block) arrays() [][]float32 {
	return [][]float32{k.h, k.c, k.saved, k.dtile, k.dcPrev}
}

func (k *block) time(b *testing.B, run func()) {
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*k.rows*runtime.BlockUnits), "ns/unit")
}
