package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// shape is a product's: C is m × n, the sum has k terms, rows are gap values
// apart.
type shape struct{ m, n, k, gap int }

// TestProducts compares every backend with the sum in float64, for all small
// sizes and around the pieces that backends cut. Each operand lies once right
// before a page that faults, once right after one.
func TestProducts(t *testing.T) {
	defer force(active)
	random := rand.New(rand.NewPCG(2, 4))
	g := [3]guarded{newGuarded(t, 1<<18), newGuarded(t, 1<<18), newGuarded(t, 1<<18)}
	for _, b := range backends {
		force(b)
		for _, k := range []int{0, 1, 2, 7, 64, 130} {
			for m := 1; m <= 40; m++ {
				for n := 1; n <= 40; n++ {
					// Long sums, whose steps are alike, for one in three sizes.
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

// checkMulAdd checks a product of that shape at both ends of the memory.
func checkMulAdd(t *testing.T, g [3]guarded, random *rand.Rand, s shape) {
	t.Helper()
	for _, place := range []func(guarded, int) []float32{guarded.first, guarded.last} {
		a := newView(random, s.m, s.k, s.gap, func(n int) []float32 { return place(g[0], n) })
		b := newView(random, s.k, s.n, s.gap, func(n int) []float32 { return place(g[1], n) })
		c := newView(random, s.m, s.n, s.gap, func(n int) []float32 { return place(g[2], n) })
		before := append([]float32(nil), c.data...)
		mulAdd(c, a, b)
		if err := checkProduct(c, before, a, b); err != nil {
			t.Fatalf("%s %+v: %v", Backend(), s, err)
		}
	}
}

// newView returns a random matrix whose last row ends where its memory does.
func newView(random *rand.Rand, rows, cols, gap int, room func(n int) []float32) matrix {
	m := matrix{nil, rows, cols, max(1, cols+gap)}
	m.data = room(max(0, (rows-1)*m.stride+cols))
	for i := range m.data {
		m.data[i] = 2*random.Float32() - 1
	}
	return m
}

// checkProduct compares C with the sums from what was there before:
// |error| ≤ (k+2)·2⁻²⁴·(|c| + Σ|a||b|), and values between the rows are the same.
func checkProduct(c matrix, before []float32, a, b matrix) error {
	for at, got := range c.data {
		i, j := at/c.stride, at%c.stride
		if j >= c.cols {
			if got != before[at] {
				return fmt.Errorf("changed beyond column %d of row %d", j, i)
			}
			continue
		}
		want := float64(before[at])
		size := math.Abs(want)
		for l := range a.cols {
			term := float64(a.data[i*a.stride+l]) * float64(b.data[l*b.stride+j])
			want += term
			size += math.Abs(term)
		}
		if bound := float64(a.cols+2) * 0x1p-24 * size; !(math.Abs(float64(got)-want) <= bound) {
			return fmt.Errorf("C[%d][%d] = %v, want %v ± %v", i, j, got, want, bound)
		}
	}
	return nil
}
