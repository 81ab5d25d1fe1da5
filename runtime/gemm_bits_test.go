package runtime

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestProductsOfParts: an element does not depend, bit for bit, on the rows and
// columns that are computed with it, nor on where the sum is cut.
func TestProductsOfParts(t *testing.T) {
	defer force(active)
	random := rand.New(rand.NewPCG(6, 4))
	heap := func(n int) []float32 { return make([]float32, n) }
	const m, n, k = 31, 171, 300
	for _, backend := range backends {
		force(backend)
		a, b := newView(random, m, k, 3, heap), newView(random, k, n, 5, heap)
		c := newView(random, m, n, 0, heap)
		parts := c
		parts.data = append([]float32(nil), c.data...)

		mulAdd(c, a, b)
		for i := 0; i < m; {
			rows := min(1+random.IntN(9), m-i)
			for j := 0; j < n; {
				cols := min(1+random.IntN(90), n-j)
				for l := 0; l < k; {
					depth := min(1+random.IntN(200), k-l)
					mulAdd(part(parts, i, rows, j, cols), part(a, i, rows, l, depth), part(b, l, depth, j, cols))
					l += depth
				}
				j += cols
			}
			i += rows
		}
		checkEqual(t, backend.name+" in parts", parts.data, c.data)
	}
}

// part returns some rows and columns of m.
func part(m matrix, row, rows, col, cols int) matrix {
	return matrix{m.data[row*m.stride+col:], rows, cols, m.stride}
}

// TestProductsOfNaN: what is not finite reaches its row, if it is A's, or its
// column, if B's, and nothing else. No element of A is zero: see mulAdd.
func TestProductsOfNaN(t *testing.T) {
	defer force(active)
	random := rand.New(rand.NewPCG(8, 4))
	heap := func(n int) []float32 { return make([]float32, n) }
	const m, n, k = 8, 75, 9
	for _, backend := range backends {
		force(backend)
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			a, b, c := newView(random, m, k, 0, heap), newView(random, k, n, 0, heap), newView(random, m, n, 0, heap)
			row, col := random.IntN(m), random.IntN(n)
			a.data[row*a.stride+random.IntN(k)] = float32(bad)
			b.data[random.IntN(k)*b.stride+col] = float32(bad)
			mulAdd(c, a, b)
			for at, v := range c.data {
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
		want := append([]float32(nil), got.data...)
		for i := range rows {
			for j := range cols {
				want[j*got.stride+i] = m.data[i*m.stride+j]
			}
		}
		transpose(got, m)
		checkEqual(t, "transpose", got.data, want)
	})
}

// TestAdd adds to a matrix and to one row.
func TestAdd(t *testing.T) {
	eachGuarded(t, func(t *testing.T, random *rand.Rand, rows, cols int, from, to room) {
		m, sum := newView(random, rows, cols, 2, from), newView(random, rows, cols, 3, to)
		for _, stride := range []int{sum.stride, 0} {
			sum.stride = stride
			want := append([]float32(nil), sum.data...)
			for i := range rows {
				for j := range cols {
					want[i*stride+j] += m.data[i*m.stride+j]
				}
			}
			addTo(sum, m)
			checkEqual(t, "add", sum.data, want)
		}
	})
}

// room returns memory for n values.
type room func(n int) []float32

// eachGuarded runs a test of every backend on matrices of all awkward sizes, from and to
// memory that begins, or ends, where the process may not read: each result is compared
// bit for bit, with what lies between its rows.
func eachGuarded(t *testing.T, test func(t *testing.T, random *rand.Rand, rows, cols int, from, to room)) {
	defer force(active)
	sizes := append([]int{8, 15, 24, 41, 70}, awkward...)
	for _, b := range backends {
		force(b)
		t.Run(b.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(9, 4))
			from, to := newGuarded(t, 1<<13), newGuarded(t, 1<<13)
			for _, rows := range sizes {
				for _, cols := range sizes {
					test(t, random, rows, cols, from.first, to.first)
					test(t, random, rows, cols, from.last, to.last)
				}
			}
		})
	}
}
