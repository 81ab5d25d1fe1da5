package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/x448/float16"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestHalfProducts expects products with halves to equal, bit for bit, products with the
// same values in float32, on every backend and beside pages that fault.
func TestHalfProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 4))
	g := [3]testkit.Guarded{testkit.NewGuarded(t, 1<<17), testkit.NewGuarded(t, 1<<17), testkit.NewGuarded(t, 1<<17)}
	for _, b := range backends {
		testkit.Force(t, b.name)
		for m := 1; m <= 14; m++ {
			for blocks := 1; blocks <= 30; blocks++ {
				k := 1 + (m*blocks)%70
				checkHalfProduct(t, g, random, shape{m, blocks * units, k, blocks % 3 * 5})
			}
		}
		checkHalfProduct(t, g, random, shape{100, 144, 300, 0})
		checkHalfProduct(t, g, random, shape{1, 144, 0, 0})
	}
}

func checkHalfProduct(t *testing.T, g [3]testkit.Guarded, random *rand.Rand, s shape) {
	t.Helper()
	heap := func(n int) []float32 { return make([]float32, n) }
	for _, place := range []func(testkit.Guarded, int) []float32{testkit.Guarded.First, testkit.Guarded.Last} {
		a := newView(random, s.m, s.k, s.gap, func(n int) []float32 { return place(g[0], n) })
		b := newView(random, s.k, s.n, s.gap, heap)
		c := newView(random, s.m, s.n, s.gap, func(n int) []float32 { return place(g[1], n) })
		want := c
		want.Data = append([]float32(nil), c.Data...)

		n := len(b.Data)
		memory := place(g[2], (n+1)/2)
		half := matrix.Strided(halvesIn(memory)[2*len(memory)-n:], b.Rows, b.Cols, b.Stride)
		for i, v := range b.Data {
			h := float16.Fromfloat32(v)
			half.Data[i], b.Data[i] = h.Bits(), h.Float32()
		}
		MulAddHalf(c, a, half)
		MulAdd(want, a, b)
		testkit.CheckEqual(t, fmt.Sprintf("%s %+v", machine.Active().Name, s), c.Data, want.Data)
	}
}

// halvesIn returns the memory of float32 values as twice as many halves.
func halvesIn(memory []float32) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(memory))), 2*len(memory))
}
