package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// A block of a layer has units columns; a worker takes group columns at a time.
const (
	units = 16
	group = 4 * units
)

// shape is the shape of a product: C is m × n, sums have k terms, and gap values lie
// between rows.
type shape struct{ m, n, k, gap int }

// TestProducts compares every backend with sums in float64, for all small sizes and for
// sizes around the pieces that backends cut products into. Each operand lies once right
// before a page that faults, and once right after one.
func TestProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 4))
	g := [3]testkit.Guarded{testkit.NewGuarded(t, 1<<18), testkit.NewGuarded(t, 1<<18), testkit.NewGuarded(t, 1<<18)}
	for _, b := range backends {
		testkit.Force(t, b.name)
		for _, k := range []int{0, 1, 2, 7, 64, 130} {
			for m := 1; m <= 40; m++ {
				for n := 1; n <= 40; n++ {
					// Long sums, whose terms are alike, for one in three sizes.
					if k < 64 || (m*7+n)%3 == 0 {
						checkMulAdd(t, g, random, shape{m, n, k, (m + n) % 3 * 5})
					}
				}
			}
		}
		for m := 1; m <= 7; m++ {
			for n := range 131 {
				checkMulAdd(t, g, random, shape{m, n, 1 + n%6, n % 4})
			}
		}
		for _, s := range []shape{{1, 200, 300, 0}, {65, 193, 9, 7}, {6, 64, 600, 0}, {130, 3, 257, 1}, {13, 144, 512, 16}} {
			checkMulAdd(t, g, random, s)
		}
	}
}

// checkMulAdd checks a product of a shape at both ends of the memory.
func checkMulAdd(t *testing.T, g [3]testkit.Guarded, random *rand.Rand, s shape) {
	t.Helper()
	for _, place := range []func(testkit.Guarded, int) []float32{testkit.Guarded.First, testkit.Guarded.Last} {
		a := newView(random, s.m, s.k, s.gap, func(n int) []float32 { return place(g[0], n) })
		b := newView(random, s.k, s.n, s.gap, func(n int) []float32 { return place(g[1], n) })
		c := newView(random, s.m, s.n, s.gap, func(n int) []float32 { return place(g[2], n) })
		before := append([]float32(nil), c.Data...)
		MulAdd(c, a, b)
		if err := checkProduct(c, before, a, b); err != nil {
			t.Fatalf("%s %+v: %v", machine.Active().Name, s, err)
		}
	}
}

// newView returns a random matrix whose last row ends where its memory ends.
func newView(random *rand.Rand, rows, cols, gap int, room func(n int) []float32) matrix.Float {
	m := matrix.Strided[float32](nil, rows, cols, max(1, cols+gap))
	m.Data = room(max(0, (rows-1)*m.Stride+cols))
	for i := range m.Data {
		m.Data[i] = 2*random.Float32() - 1
	}
	return m
}

// checkProduct compares C with sums that start from its values before:
// |error| ≤ (k+2)·2⁻²⁴·(|c| + Σ|a||b|). Values between the rows must not have changed.
func checkProduct(c matrix.Float, before []float32, a, b matrix.Float) error {
	for at, got := range c.Data {
		i, j := at/c.Stride, at%c.Stride
		if j >= c.Cols {
			if got != before[at] {
				return fmt.Errorf("changed beyond column %d of row %d", j, i)
			}
			continue
		}
		want := float64(before[at])
		size := math.Abs(want)
		for l := range a.Cols {
			term := float64(a.Data[i*a.Stride+l]) * float64(b.Data[l*b.Stride+j])
			want += term
			size += math.Abs(term)
		}
		if bound := float64(a.Cols+2) * 0x1p-24 * size; !(math.Abs(float64(got)-want) <= bound) {
			return fmt.Errorf("C[%d][%d] = %v, want %v ± %v", i, j, got, want, bound)
		}
	}
	return nil
}
