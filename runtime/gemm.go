package runtime

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// matrix is a view of rows × cols values, row-major, rows stride values apart.
type matrix struct {
	data               []float32
	rows, cols, stride int
}

// columns returns n columns of m from the given one on.
func (m matrix) columns(from, n int) matrix {
	return matrix{m.data[from:], m.rows, n, m.stride}
}

// This is the seam that every product goes through. Each element of the result
// of mulAdd is a sum in the order of the inner index, whatever the number of
// rows: a sequence computed at once, in chunks or step by step is the same bit
// for bit, and a batch row does not depend on its neighbours. (blas32.Use of
// another BLAS may give that up.)
//
// gonum skips a zero of A, in mulAdd and mulAddTransA: 0·NaN and 0·Inf are 0
// where NaN or Inf is B's.

// mulAdd computes C += A·B.
func mulAdd(c, a, b matrix) {
	gemm(blas.NoTrans, blas.NoTrans, c, a, b, a.cols)
}

// mulAddTransB computes C += A·Bᵀ.
func mulAddTransB(c, a, b matrix) {
	gemm(blas.NoTrans, blas.Trans, c, a, b, a.cols)
}

// mulAddTransA computes C += Aᵀ·B.
func mulAddTransA(c, a, b matrix) {
	gemm(blas.Trans, blas.NoTrans, c, a, b, a.rows)
}

// Larger products than maxRows × maxCols gonum divides among goroutines, for
// which it allocates: from four tiles of 64 × 64 on.
const (
	maxRows = 64
	maxCols = 3 * 64
)

// gemm computes C += op(A)·op(B), the inner size being k, piece by piece.
func gemm(transA, transB blas.Transpose, c, a, b matrix, k int) {
	implementation := blas32.Implementation()
	for j := 0; j < c.cols; j += maxCols {
		bj := b.data[offset(transB == blas.NoTrans, j, b.stride):]
		for i := 0; i < c.rows; i += maxRows {
			ai := a.data[offset(transA != blas.NoTrans, i, a.stride):]
			implementation.Sgemm(transA, transB,
				min(maxRows, c.rows-i), min(maxCols, c.cols-j), k,
				1, ai, a.stride, bj, b.stride, 1, c.data[i*c.stride+j:], c.stride)
		}
	}
}

// offset is where column or row i of a matrix starts.
func offset(column bool, i, stride int) int {
	if column {
		return i
	}
	return i * stride
}

// addRows adds the rows of m to sum.
func addRows(sum []float32, m matrix) {
	for i := range m.rows {
		row := m.data[i*m.stride:][:len(sum)]
		for j, v := range row {
			sum[j] += v
		}
	}
}
