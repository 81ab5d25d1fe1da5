package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/x448/float16"

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

// TestPanels compares products with panels, of floats and of halves, with MulAdd, bit for bit: with
// rows of their own and shared ones, of all widths, each operand of floats right before a page
// that faults.
func TestPanels(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	g := [3]testkit.Guarded{testkit.NewGuarded(t, 1<<19), testkit.NewGuarded(t, 1<<22), testkit.NewGuarded(t, 1<<19)}
	for _, backend := range backends {
		testkit.Force(t, backend.name)
		for cols := 1; cols <= 16*units; cols++ {
			for _, s := range []panelShape{{1, 1, false, false}, {3, 7, true, false}, {5, 300, false, true}, {2, 33, true, true}} {
				if cols%units > 0 && cols > 2*units {
					continue
				}
				checkPanels(t, g, random, s, cols)
			}
		}
	}
}

// panelShape is panels of k rows, and whether rows of A, or of C, are one.
type panelShape struct {
	panels, k  int
	oneA, oneC bool
}

func checkPanels(t *testing.T, g [3]testkit.Guarded, random *rand.Rand, s panelShape, cols int) {
	t.Helper()
	view := func(g testkit.Guarded, rows, cols int, one bool) matrix.Float {
		if one {
			m := newView(random, 1, cols, 0, g.Last)
			return matrix.Strided(m.Data, rows, cols, 0)
		}
		return newView(random, rows, cols, 3, g.Last)
	}
	a, c := view(g[0], s.panels, s.k, s.oneA), view(g[2], s.panels, cols, s.oneC)
	b := newView(random, s.panels*s.k, cols, 0, g[1].Last)
	half, cHalf := newHalf(b), matrix.Strided(append([]float32(nil), c.Data...), c.Rows, c.Cols, c.Stride)
	want := matrix.Strided(append([]float32(nil), c.Data...), c.Rows, c.Cols, c.Stride)
	for p := range s.panels {
		MulAdd(matrix.New(want.Data[p*c.Stride:], 1, cols), matrix.New(a.Data[p*a.Stride:], 1, s.k), b.Block(p*s.k, s.k))
	}
	from := c
	if !s.oneC { // from elsewhere
		from.Data = append([]float32(nil), c.Data...)
		for p := range c.Rows {
			copy(c.Row(p), testkit.Garbage(cols))
		}
	}
	MulAddPanels(c, from, a, b)
	what := fmt.Sprintf("%s %+v cols=%d", machine.Active().Name, s, cols)
	testkit.CheckEqual(t, what, c.Data, want.Data)
	if cols%units == 0 {
		MulAddPanelsHalf(cHalf, cHalf, a, half)
		testkit.CheckEqual(t, what+", halves", cHalf.Data, want.Data)
	}
}

// TestProductsFrom compares products that begin with other rows, or with one row, with products
// that are added to copies of these, bit for bit: with floats and with halves.
func TestProductsFrom(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	heap := func(n int) []float32 { return make([]float32, n) }
	for _, backend := range backends {
		testkit.Force(t, backend.name)
		for _, s := range []shape{{1, 16, 1, 0}, {5, 48, 0, 3}, {13, 144, 7, 5}, {70, 80, 300, 0}, {3, 64, 600, 2}, {20, 37, 5, 1}} {
			for _, one := range []bool{false, true} {
				checkProductFrom(t, random, s, one, heap)
			}
		}
	}
}

func checkProductFrom(t *testing.T, random *rand.Rand, s shape, one bool, heap func(int) []float32) {
	t.Helper()
	a, b := newView(random, s.m, s.k, s.gap, heap), newView(random, s.k, s.n, 0, heap)
	from, c := newView(random, s.m, s.n, 1, heap), newView(random, s.m, s.n, s.gap, heap)
	if one {
		from.Stride = 0
	}
	half := newHalf(b)
	want := c
	want.Data = append([]float32(nil), c.Data...)
	for i := range s.m {
		copy(want.Row(i), from.Row(i))
	}
	MulAdd(want, a, b)
	what := fmt.Sprintf("%s %+v, one row %v", machine.Active().Name, s, one)
	MulAddTo(c, from, a, b)
	testkit.CheckEqual(t, what, c.Data, want.Data)
	if s.n%units == 0 {
		MulAddHalfTo(c, from, a, half)
		testkit.CheckEqual(t, what+", halves", c.Data, want.Data)
	}
}

// newHalf rounds a matrix to halves, and returns them.
func newHalf(m matrix.Float) matrix.Half {
	half := matrix.Strided(make([]uint16, len(m.Data)), m.Rows, m.Cols, m.Stride)
	for i, v := range m.Data {
		h := float16.Fromfloat32(v)
		half.Data[i], m.Data[i] = h.Bits(), h.Float32()
	}
	return half
}
