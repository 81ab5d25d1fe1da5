package benchmarks

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// BenchmarkKernel times the kernels alone, per unit and row, on a block that stays in cache,
// with every set of vectors.
func BenchmarkKernel(b *testing.B) {
	const rows = 16
	defer useVectors("")
	for _, vectors := range runtime.VectorSets() {
		useVectors(vectors)
		for name := range shipped {
			generated, interpreted := newLayers(b, name, kernel.Units)
			for form, layer := range map[string]*runtime.Layer{"generated": generated, "interpreted": interpreted} {
				k := newBlock(layer.Cell(), rows, kernel.Units)
				b.Run(name+"/"+form+"/"+vectors+"/forward", func(b *testing.B) { k.time(b, k.forward) })
				b.Run(name+"/"+form+"/"+vectors+"/backward", func(b *testing.B) { k.time(b, k.backward) })
			}
		}
	}
}

// TestInterpretedKernel compares the interpreted kernel with the generated one, within 2e-6
// for each array (relative Euclidean norm): both compute the same.
func TestInterpretedKernel(t *testing.T) {
	const rows = 7
	for name := range shipped {
		generated, interpreted := newLayers(t, name, kernel.Units)
		g, i := newBlock(generated.Cell(), rows, kernel.Units), newBlock(interpreted.Cell(), rows, kernel.Units)
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

// TestVectorKernels compares the shipped kernels in assembly with the kernels in Go, on the
// same arguments, at awkward numbers of rows: results are equal bit for bit, nothing is
// written around the rows, and NaN is where it is in Go.
func TestVectorKernels(t *testing.T) {
	defer useVectors("")
	const margin = 5
	for name := range shipped {
		layer, _ := newLayers(t, name, kernel.Units)
		for _, rows := range []int{0, 1, 2, 3, 16, 17, 33, 300} {
			for _, bad := range []bool{false, true} {
				var want *block
				var saved []float32 // by the forward kernel in Go
				for _, vectors := range slices.Backward(runtime.VectorSets()) {
					useVectors(vectors)
					k := newBlock(layer.Cell(), rows, kernel.Units+margin)
					if bad && rows > 0 {
						k.Tile[len(k.Tile)/2], k.DNext[0][3] = float32(math.NaN()), float32(math.NaN())
					}
					k.forward()
					if want == nil {
						want, saved = k, slices.Clone(k.Saved)
					}
					what := fmt.Sprintf("%s, vectors %s, %d rows", name, vectors, rows)
					checkEqual(t, what+", forward", k.forwards(), want.forwards())
					copy(k.Saved, saved)
					k.backward()
					if vectors == "go" {
						continue
					}
					checkEqual(t, what+", backward", k.backwards(), want.backwards())
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

// block is a cell with a block to run its kernels on.
type block struct {
	cell kernel.Cell
	*kernel.Block
}

func newBlock(c kernel.Cell, rows, stride int) *block {
	d, r := c.Describe(), rand.New(rand.NewPCG(5, 12))
	fill := func(values int) []float32 {
		x := make([]float32, rows*values)
		for i := range x {
			x[i] = float32(1.5 * r.NormFloat64())
		}
		return x
	}
	wide := func(values int) []float32 { return fill(values * kernel.Units) }
	b := &kernel.Block{
		Rows: rows, Stride: stride,
		Tile: wide(d.Stages[0].Slots), Saved: wide(d.Stages[0].Saved), DTile: wide(d.Stages[0].Slots),
	}
	for range d.States {
		b.Prev, b.Next = append(b.Prev, fill(stride)), append(b.Next, fill(stride))
		b.DNext, b.DPrev = append(b.DNext, fill(stride)), append(b.DPrev, fill(stride))
	}
	return &block{c, b}
}

func (k *block) forward()  { k.cell.Forward(0, k.Block) }
func (k *block) backward() { k.cell.Backward(0, k.Block) }

// forwards and backwards return what the kernels write, and what they must leave alone.
func (k *block) forwards() [][]float32 { return append(slices.Clone(k.Next), k.Saved) }

func (k *block) backwards() [][]float32 {
	return append(slices.Clone(k.DPrev), k.DTile, k.Saved, k.Tile)
}

func (k *block) arrays() [][]float32 { return slices.Concat(k.forwards(), k.backwards()) }

func (k *block) time(b *testing.B, run func()) {
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*k.Rows*kernel.Units), "ns/unit")
}
