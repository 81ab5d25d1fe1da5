//go:build !purego

package gemm

// microKernel computes a register tile of C = F + A·B, which it loads from F, holds in
// registers and stores: k columns of A by k rows of B. F may be C. Strides are in bytes. It also prefetches memory
// from next on, nextStride bytes further for each of the k terms. Its number of rows is
// fixed, and so is its number of columns except in a tail, which has n;
// gemm_cellgen_amd64.go defines each one.
type microKernel func(k int, a *float32, aRow int, b *byte, bRow int, from *float32, fromRow int, c *float32, cRow, n int, next uintptr, nextStride int)

// panelKernel computes each row C[p] = F[p] + A[p]·B[p] of whole vectors, the product being one of
// a row of k values and a panel of k rows. F may be C. Strides are in bytes, between rows of B and between panels; they may be
// 0 or below. It prefetches B so many bytes ahead of its reads.
type panelKernel func(panels, k int, a *float32, aPanel int, b *byte, bRow, bPanel int, from *float32, fromPanel int, c *float32, cPanel, ahead int)

// microKernels are the micro-kernels of an instruction set, by the shape of their
// register tile.
type microKernels struct {
	lanes int             // of a vector
	whole [][]microKernel // [rows−1][vectors−1]
	row   []panelKernel   // [vectors−1]
	tail  []microKernel   // [rows−1], for fewer columns than a vector; halves have none
}

// widest returns the most vectors side by side for a number of rows.
func (m *microKernels) widest(rows int) int { return len(m.whole[piece(rows, len(m.whole))-1]) }
