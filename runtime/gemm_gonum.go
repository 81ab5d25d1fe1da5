package runtime

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// portable is Go; on amd64, unless gonum's tag noasm is set, with SSE. Products
// larger than 64 × 192 gonum would divide among goroutines, for which it
// allocates: from four tiles of 64 × 64 on.
var portable = newBLAS("gonum", gonum.Implementation{}, 64, 3*64)

// newBLAS returns a backend that computes at most maxRows × maxCols of a product
// in one call of a BLAS.
func newBLAS(name string, b blas.Float32, maxRows, maxCols int) backend {
	s := sgemm{b, maxRows, maxCols}
	return backend{
		name:         name,
		mulAdd:       func(c, a, b matrix) { s.mulAdd(blas.NoTrans, c, a, b, a.cols) },
		mulAddTransA: func(c, a, b matrix) { s.mulAdd(blas.Trans, c, a, b, a.rows) },
	}
}

type sgemm struct {
	blas             blas.Float32
	maxRows, maxCols int
}

// mulAdd computes C += op(A)·B, the inner size being k, piece by piece.
func (s *sgemm) mulAdd(op blas.Transpose, c, a, b matrix, k int) {
	for j := 0; j < c.cols; j += s.maxCols {
		for i := 0; i < c.rows; i += s.maxRows {
			first := i * a.stride
			if op == blas.Trans {
				first = i
			}
			s.blas.Sgemm(op, blas.NoTrans,
				min(s.maxRows, c.rows-i), min(s.maxCols, c.cols-j), k,
				1, a.data[first:], a.stride, b.data[j:], b.stride, 1, c.data[i*c.stride+j:], c.stride)
		}
	}
}
