package gemm

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestZeroTimesNaN tells the backends apart: each computes when it is chosen.
func TestZeroTimesNaN(t *testing.T) {
	for _, b := range backends {
		testkit.Force(t, b.name)
		y := matrix.New([]float32{1}, 1, 1)
		MulAdd(y, matrix.New([]float32{0}, 1, 1), matrix.New([]float32{float32(math.NaN())}, 1, 1))
		if got := y.Data[0]; b.name != machine.OpenBLAS && (got == 1) != (b.name == machine.Gonum) {
			t.Errorf("%s: 1 + 0·NaN is %v", b.name, got)
		}
	}
}

// TestBadValues puts NaN, infinities and denormals into products on every backend.
// Without zeros, which gonum skips, all agree: a NaN, or infinities of both signs, make
// NaN, and the smallest numbers are not lost.
func TestBadValues(t *testing.T) {
	inf, tiny := float32(math.Inf(1)), float32(math.SmallestNonzeroFloat32)
	nan := float32(math.NaN())
	for _, b := range backends {
		testkit.Force(t, b.name)
		for _, c := range []struct{ a0, b0, rest, want float32 }{
			{nan, 1, 1, nan},
			{1, nan, 1, nan},
			{inf, 1, 1, inf},
			{1, -inf, 1, -inf},
			{-inf, -inf, 1, inf},
			{inf, 0x1p-149, 1, inf},
			{tiny, 1, tiny, 9 * tiny},
			{1, 3 * tiny, tiny, 11 * tiny},
			{0x1p-75, 0x1p-74, tiny, 9 * tiny},
			{math.MaxFloat32, 2, 1, inf},
		} {
			for _, cols := range []int{1, 7, 16, 33, 64} {
				const rows, terms = 7, 9
				a, w := matrix.New(make([]float32, rows*terms), rows, terms), matrix.New(make([]float32, terms*cols), terms, cols)
				for i := range a.Data {
					a.Data[i] = 1
					if i%terms == 0 {
						a.Data[i] = c.a0
					}
				}
				for i := range w.Data {
					w.Data[i] = c.rest
					if i < cols {
						w.Data[i] = c.b0
					}
				}
				y := matrix.New(make([]float32, rows*cols), rows, cols)
				MulAdd(y, a, w)
				for i, got := range y.Data {
					if got != c.want && !(got != got && c.want != c.want) {
						t.Fatalf("%s: %v·%v + 8·%v in %d columns: value %d is %v, want %v", b.name, c.a0, c.b0, c.rest, cols, i, got, c.want)
					}
				}
			}
		}
	}
}
