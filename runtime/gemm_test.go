package runtime

import (
	"math/rand/v2"
	"testing"
)

// Products against sums in float64, within rows wider than the matrices, at
// sizes around the pieces that gemm cuts. The values around C do not change.
func TestProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 4))
	sizes := []int{1, 5, 63, 64, 65, 192, 193, 400}
	for range 60 {
		m, n, k := sizes[random.IntN(8)], sizes[random.IntN(8)], 1+random.IntN(40)
		for _, product := range []struct {
			name    string
			compute func(c, a, b matrix)
			transA  bool
		}{
			{"mulAdd", mulAdd, false},
			{"mulAddTransA", mulAddTransA, true},
		} {
			a, aValues := randomMatrix(random, m, k, product.transA)
			b, bValues := randomMatrix(random, k, n, false)
			c, want := randomMatrix(random, m, n, false)
			for i := range m {
				for j := range n {
					for l := range k {
						want[i*c.stride+j] += at(aValues, a, i, l, product.transA) * at(bValues, b, l, j, false)
					}
				}
			}
			product.compute(c, a, b)
			checkClose(t, product.name, c.data, want, rounding)
		}
	}
}

// randomMatrix returns a random matrix, transposed if so wanted, whose rows are
// apart.
func randomMatrix(random *rand.Rand, rows, cols int, transposed bool) (matrix, []float64) {
	if transposed {
		rows, cols = cols, rows
	}
	stride := cols + random.IntN(9)
	values := randoms(random, rows*stride)
	return matrix{to32(values), rows, cols, stride}, values
}

// at returns element i, j of a matrix, or of its transpose.
func at(values []float64, m matrix, i, j int, transposed bool) float64 {
	if transposed {
		i, j = j, i
	}
	return values[i*m.stride+j]
}
