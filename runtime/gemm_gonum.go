package runtime

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// gonum is portable Go; on amd64, unless its tag noasm is set, with SSE.
var gonum = backend{
	name:         "gonum",
	mulAdd:       func(c, a, b matrix) { sgemm(blas.NoTrans, c, a, b, a.cols) },
	mulAddTransA: func(c, a, b matrix) { sgemm(blas.Trans, c, a, b, a.rows) },
}

// Larger products than maxRows × maxCols gonum divides among goroutines, for
// which it allocates: from four tiles of 64 × 64 on.
const (
	maxRows = 64
	maxCols = 3 * 64
)

// sgemm computes C += op(A)·B, the inner size being k, piece by piece.
func sgemm(op blas.Transpose, c, a, b matrix, k int) {
	implementation := blas32.Implementation()
	for j := 0; j < c.cols; j += maxCols {
		for i := 0; i < c.rows; i += maxRows {
			first := i * a.stride
			if op == blas.Trans {
				first = i
			}
			implementation.Sgemm(op, blas.NoTrans,
				min(maxRows, c.rows-i), min(maxCols, c.cols-j), k,
				1, a.data[first:], a.stride, b.data[j:], b.stride, 1, c.data[i*c.stride+j:], c.stride)
		}
	}
}
