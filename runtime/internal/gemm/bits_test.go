package gemm

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestProductsOfParts expects an element not to depend, bit for bit, on the rows and
// columns computed along with it, nor on where its sum is cut.
func TestProductsOfParts(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 4))
	heap := func(n int) []float32 { return make([]float32, n) }
	const m, n, k = 31, 171, 300
	for _, backend := range backends {
		testkit.Force(t, backend.name)
		a, b := newView(random, m, k, 3, heap), newView(random, k, n, 5, heap)
		c := newView(random, m, n, 0, heap)
		parts := c
		parts.Data = append([]float32(nil), c.Data...)

		MulAdd(c, a, b)
		for i := 0; i < m; {
			rows := min(1+random.IntN(9), m-i)
			for j := 0; j < n; {
				cols := min(1+random.IntN(90), n-j)
				for l := 0; l < k; {
					depth := min(1+random.IntN(200), k-l)
					MulAdd(part(parts, i, rows, j, cols), part(a, i, rows, l, depth), part(b, l, depth, j, cols))
					l += depth
				}
				j += cols
			}
			i += rows
		}
		testkit.CheckEqual(t, backend.name+" in parts", parts.Data, c.Data)
	}
}

// part returns some rows and columns of m.
func part(m matrix.Float, row, rows, col, cols int) matrix.Float {
	return matrix.Strided(m.Data[row*m.Stride+col:], rows, cols, m.Stride)
}

// TestProductsOfNaN expects a value of A that is not finite to reach its row of C, one of
// B its column, and nothing else. No element of A is zero, which gonum would skip.
func TestProductsOfNaN(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 4))
	heap := func(n int) []float32 { return make([]float32, n) }
	const m, n, k = 8, 75, 9
	for _, backend := range backends {
		testkit.Force(t, backend.name)
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			a, b, c := newView(random, m, k, 0, heap), newView(random, k, n, 0, heap), newView(random, m, n, 0, heap)
			row, col := random.IntN(m), random.IntN(n)
			a.Data[row*a.Stride+random.IntN(k)] = float32(bad)
			b.Data[random.IntN(k)*b.Stride+col] = float32(bad)
			MulAdd(c, a, b)
			for at, v := range c.Data {
				finite := v-v == 0
				if reached := at/n == row || at%n == col; finite == reached {
					t.Fatalf("%s: C[%d][%d] is %v for %v in row %d, column %d", backend.name, at/n, at%n, v, bad, row, col)
				}
			}
		}
	}
}

func TestTranspose(t *testing.T) {
	eachGuarded(t, func(t *testing.T, random *rand.Rand, rows, cols int, from, to room) {
		m, got := newView(random, rows, cols, 2, from), newView(random, cols, rows, 3, to)
		want := append([]float32(nil), got.Data...)
		for i := range rows {
			for j := range cols {
				want[j*got.Stride+i] = m.Data[i*m.Stride+j]
			}
		}
		Transpose(got, m)
		testkit.CheckEqual(t, "transpose", got.Data, want)
	})
}

// TestAdd adds to a matrix and to a single row.
func TestAdd(t *testing.T) {
	eachGuarded(t, func(t *testing.T, random *rand.Rand, rows, cols int, from, to room) {
		m, sum := newView(random, rows, cols, 2, from), newView(random, rows, cols, 3, to)
		for _, stride := range []int{sum.Stride, 0} {
			sum.Stride = stride
			want := append([]float32(nil), sum.Data...)
			for i := range rows {
				for j := range cols {
					want[i*stride+j] += m.Data[i*m.Stride+j]
				}
			}
			AddTo(sum, m)
			testkit.CheckEqual(t, "add", sum.Data, want)
		}
	})
}

// room returns memory for n values.
type room func(n int) []float32

// eachGuarded runs a test on every backend with matrices of all awkward sizes, in memory
// that begins, or ends, beside a page that faults.
func eachGuarded(t *testing.T, test func(t *testing.T, random *rand.Rand, rows, cols int, from, to room)) {
	sizes := append([]int{8, 15, 24, 41, 70}, testkit.Awkward...)
	for _, b := range backends {
		testkit.Force(t, b.name)
		t.Run(b.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(9, 4))
			from, to := testkit.NewGuarded(t, 1<<13), testkit.NewGuarded(t, 1<<13)
			for _, rows := range sizes {
				for _, cols := range sizes {
					test(t, random, rows, cols, from.First, to.First)
					test(t, random, rows, cols, from.Last, to.Last)
				}
			}
		})
	}
}

// TestAnyTiny looks for tiny numbers at every place among others, which zeros of both signs,
// infinities and NaN are.
func TestAnyTiny(t *testing.T) {
	others := []float32{0, float32(math.Copysign(0, -1)), 1, -matrix.Tiny, matrix.Tiny, float32(math.Inf(-1)), float32(math.NaN())}
	for _, b := range backends {
		testkit.Force(t, b.name)
		memory := testkit.NewGuarded(t, 1<<13)
		for n := range 100 {
			for _, x := range [][]float32{memory.First(n), memory.Last(n)} {
				for i := range x {
					x[i] = others[i%len(others)]
				}
				if AnyTiny(x) {
					t.Errorf("%s: %d values without a tiny one", b.name, n)
				}
				for i := range x {
					before := x[i]
					for _, x[i] = range []float32{0x1.fffffep-96, -1e-39, math.SmallestNonzeroFloat32} {
						if !AnyTiny(x) {
							t.Errorf("%s: %g at %d of %d is not found", b.name, x[i], i, n)
						}
					}
					x[i] = before
				}
			}
		}
	}
}
