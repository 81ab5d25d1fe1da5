//go:build !purego

package gemm

// microKernel adds A·B to a register tile of C, which it loads, holds in registers and
// stores: k columns of A by k rows of B. Strides are in bytes. It also prefetches memory
// from next on, nextStride bytes further for each of the k terms. Its number of rows is
// fixed, and so is its number of columns except in a tail, which has n;
// gemm_cellgen_amd64.go defines each one.
type microKernel func(k int, a *float32, aRow int, b *byte, bRow int, c *float32, cRow, n int, next uintptr, nextStride int)

// microKernels are the micro-kernels of an instruction set, by the shape of their
// register tile.
type microKernels struct {
	lanes int             // of a vector
	whole [][]microKernel // [rows−1][vectors−1]
	tail  []microKernel   // [rows−1], for fewer columns than a vector; halves have none
}

// widest returns the most vectors side by side for a number of rows.
func (m *microKernels) widest(rows int) int { return len(m.whole[piece(rows, len(m.whole))-1]) }
