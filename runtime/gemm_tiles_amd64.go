//go:build !purego

package runtime

// kernel adds to a tile of C, held in registers, the product of k columns of A
// and rows of B; strides are in bytes. It fetches memory from next on, nextStep
// bytes for each of the k steps. Its number of rows is a kernel's own, and so is
// its number of columns, but for the tails'; gemm_cellgen_amd64.go has each one's
// definition.
type kernel func(k int, a *float32, aRow int, b *byte, bStep int, c *float32, cRow, n int, next uintptr, nextStep int)

// tiles are the kernels for one row and more.
type tiles struct {
	lanes int        // of a vector
	whole [][]kernel // for one vector and more
	tail  []kernel   // for n columns, fewer than a vector; halves have none
}

// widest returns how many vectors the kernels for a number of rows take at most.
func (t *tiles) widest(rows int) int { return len(t.whole[piece(rows, len(t.whole))-1]) }
