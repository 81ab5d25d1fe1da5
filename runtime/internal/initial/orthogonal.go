package initial

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// orthogonal fills m with orthonormal columns or, if it has more of these than rows, with
// orthonormal rows, as PyTorch's orthogonal_: the Q of the QR decomposition of a matrix of
// normal values, or of its transpose. All such matrices are equally likely.
func orthogonal(random *rand.Rand, _ []float64, m matrix.Float) {
	long, short := max(m.Rows, m.Cols), min(m.Rows, m.Cols)
	if short == 0 {
		return
	}
	q := blas64.General{Rows: long, Cols: short, Stride: short, Data: make([]float64, long*short)}
	for i := range q.Data {
		q.Data[i] = random.NormFloat64()
	}
	orthonormalize(q)
	for i := range m.Rows {
		row := m.Row(i)
		for j := range row {
			if m.Rows == long {
				row[j] = float32(q.Data[i*short+j])
			} else {
				row[j] = float32(q.Data[j*short+i])
			}
		}
	}
}

// orthonormalize replaces a matrix with at least as many rows as columns by its Q. The
// signs of its columns are those that make the diagonal of R positive: Householder's method
// prefers others, and its Q would not be uniformly distributed (Mezzadri 2007,
// arXiv:math-ph/0609050, section 5).
//
// These two calls are what gonum's mat.QR consists of, except that it makes all of the
// square matrix of which Q is the first columns.
func orthonormalize(q blas64.General) {
	scales := make([]float64, q.Cols)
	var size [1]float64
	lapack64.Geqrf(q, scales, size[:], -1)
	need := int(size[0])
	lapack64.Orgqr(q, scales, size[:], -1)
	need = max(need, int(size[0]))

	work := make([]float64, need)
	lapack64.Geqrf(q, scales, work, need)
	signs := make([]float64, q.Cols)
	for j := range signs {
		signs[j] = 1
		if q.Data[j*q.Stride+j] < 0 {
			signs[j] = -1
		}
	}
	lapack64.Orgqr(q, scales, work, need)
	for i := range q.Rows {
		for j, sign := range signs {
			q.Data[i*q.Stride+j] *= sign
		}
	}
}
