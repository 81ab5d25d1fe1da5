package benchmarks

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
)

// BenchmarkKernel times the elementwise part alone, per unit and row, on a block
// that stays in cache, on all vectors.
func BenchmarkKernel(b *testing.B) {
	const rows = 16
	defer useVectors("")
	for _, vectors := range runtime.VectorSets() {
		useVectors(vectors)
		for name := range shipped {
			generated, interpreted := newLayers(b, name, runtime.BlockUnits)
			for form, layer := range map[string]*runtime.Layer{"generated": generated, "interpreted": interpreted} {
				k := newBlock(layer.Kernel(), rows, runtime.BlockUnits)
				b.Run(name+"/"+form+"/"+vectors+"/forward", func(b *testing.B) { k.time(b, k.forward) })
				b.Run(name+"/"+form+"/"+vectors+"/backward", func(b *testing.B) { k.time(b, k.backward) })
			}
		}
	}
}

// TestInterpretedKernel compares the interpreted kernel with the generated one,
// within 2e-6 for each array (relative Euclidean norm): what is measured computes
// the same.
func TestInterpretedKernel(t *testing.T) {
	const rows = 7
	for name := range shipped {
		generated, interpreted := newLayers(t, name, runtime.BlockUnits)
		g, i := newBlock(generated.Kernel(), rows, runtime.BlockUnits), newBlock(interpreted.Kernel(), rows, runtime.BlockUnits)
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

// TestVectorKernels compares the shipped kernels in assembly with those in Go, on
// the same arguments, at awkward numbers of rows: they are equal bit for bit.
// Around rows nothing is written, and NaN is where it is in Go.
func TestVectorKernels(t *testing.T) {
	defer useVectors("")
	const margin = 5
	for name := range shipped {
		layer, _ := newLayers(t, name, runtime.BlockUnits)
		for _, rows := range []int{0, 1, 2, 3, 16, 17, 33, 300} {
			for _, bad := range []bool{false, true} {
				var want *block
				for _, vectors := range slices.Backward(runtime.VectorSets()) {
					useVectors(vectors)
					k := newBlock(layer.Kernel(), rows, runtime.BlockUnits+margin)
					if bad && rows > 0 {
						k.tile[len(k.tile)/2], k.dh[3] = float32(math.NaN()), float32(math.NaN())
					}
					k.forward()
					if want == nil {
						want = k
						want.savedForward = slices.Clone(k.saved)
					}
					what := fmt.Sprintf("%s, vectors %s, %d rows", name, vectors, rows)
					checkEqual(t, what+", forward", [][]float32{k.h, k.c, k.saved}, [][]float32{want.h, want.c, want.saved})
					copy(k.saved, want.savedForward)
					k.backward()
					if vectors == "go" {
						continue
					}
					checkEqual(t, what+", backward", [][]float32{k.dtile, k.dcPrev, k.saved, k.tile}, [][]float32{want.dtile, want.dcPrev, want.saved, want.tile})
				}
			}
		}
	}
}

// checkEqual compares arrays value by value; NaN equals NaN.
func checkEqual(t *testing.T, what string, got, want [][]float32) {
	t.Helper()
	for n := range got {
		for i, w := range want[n] {
			if g := got[n][i]; g != w && (g == g || w == w) {
				t.Fatalf("%s: array %d at %d is %g, want %g", what, n, i, g, w)
			}
		}
	}
}

// block is the arguments of a kernel's calls.
type block struct {
	kernel                   runtime.Kernel
	rows, stride             int
	tile, cPrev, saved, h, c []float32
	dh, dc, dtile, dcPrev    []float32
	savedForward             []float32
}

func newBlock(k runtime.Kernel, rows, stride int) *block {
	input, _ := k.Slots()
	r := rand.New(rand.NewPCG(5, 12))
	fill := func(values int) []float32 {
		x := make([]float32, rows*values)
		for i := range x {
			x[i] = float32(1.5 * r.NormFloat64())
		}
		return x
	}
	wide := func(values int) []float32 { return fill(values * runtime.BlockUnits) }
	return &block{
		kernel: k, rows: rows, stride: stride, tile: wide(len(input)), saved: wide(k.Saved()), dtile: wide(len(input)),
		cPrev: fill(stride), h: fill(stride), c: fill(stride), dh: fill(stride), dc: fill(stride), dcPrev: fill(stride),
	}
}

func (k *block) forward() {
	k.kernel.Forward(k.rows, k.tile, k.cPrev, k.saved, k.h, k.c, k.stride)
}

func (k *block) backward() {
	k.kernel.Backward(k.rows, k.saved, k.cPrev, k.dh, k.dc, k.dtile, k.dcPrev, k.stride)
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
