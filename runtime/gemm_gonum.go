package runtime

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// gonum is portable Go; on amd64, unless its tag noasm is set, with SSE.
var gonum = backend{name: "gonum", mulAdd: sgemm}

// Larger products than maxRows × maxCols gonum divides among goroutines, for
// which it allocates: from four tiles of 64 × 64 on.
const (
	maxRows = 64
	maxCols = 3 * 64
)

// sgemm computes C += A·B, piece by piece.
func sgemm(c, a, b matrix) {
	implementation := blas32.Implementation()
	for j := 0; j < c.cols; j += maxCols {
		for i := 0; i < c.rows; i += maxRows {
			implementation.Sgemm(blas.NoTrans, blas.NoTrans,
				min(maxRows, c.rows-i), min(maxCols, c.cols-j), a.cols,
				1, a.data[i*a.stride:], a.stride, b.data[j:], b.stride, 1, c.data[i*c.stride+j:], c.stride)
		}
	}
}
