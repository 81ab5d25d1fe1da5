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

// A tile has as many sums as leave registers for B and A: 6 × 4 of 32, 6 × 2 of
// 16. With fewer rows, loads of B bound it, the wider the closer they follow each
// other.
var avx512 = tiles{
	lanes: 16,
	whole: [][]kernel{
		{
			tileAVX512_1x1, tileAVX512_1x2, tileAVX512_1x3, tileAVX512_1x4,
			tileAVX512_1x5, tileAVX512_1x6, tileAVX512_1x7, tileAVX512_1x8,
			tileAVX512_1x9, tileAVX512_1x10, tileAVX512_1x11, tileAVX512_1x12,
		},
		{
			tileAVX512_2x1, tileAVX512_2x2, tileAVX512_2x3, tileAVX512_2x4,
			tileAVX512_2x5, tileAVX512_2x6, tileAVX512_2x7, tileAVX512_2x8,
		},
		{
			tileAVX512_3x1, tileAVX512_3x2, tileAVX512_3x3, tileAVX512_3x4,
			tileAVX512_3x5, tileAVX512_3x6,
		},
		{
			tileAVX512_4x1, tileAVX512_4x2, tileAVX512_4x3, tileAVX512_4x4,
		},
		{
			tileAVX512_5x1, tileAVX512_5x2, tileAVX512_5x3, tileAVX512_5x4,
		},
		{
			tileAVX512_6x1, tileAVX512_6x2, tileAVX512_6x3, tileAVX512_6x4,
		},
	},
	tail: []kernel{
		tileAVX512_1tail, tileAVX512_2tail, tileAVX512_3tail,
		tileAVX512_4tail, tileAVX512_5tail, tileAVX512_6tail,
	},
}

var avx2 = tiles{
	lanes: 8,
	whole: [][]kernel{
		{
			tileAVX2_1x1, tileAVX2_1x2, tileAVX2_1x3, tileAVX2_1x4,
			tileAVX2_1x5, tileAVX2_1x6, tileAVX2_1x7, tileAVX2_1x8,
			tileAVX2_1x9, tileAVX2_1x10, tileAVX2_1x11, tileAVX2_1x12,
		},
		{
			tileAVX2_2x1, tileAVX2_2x2, tileAVX2_2x3, tileAVX2_2x4,
		},
		{
			tileAVX2_3x1, tileAVX2_3x2, tileAVX2_3x3,
		},
		{
			tileAVX2_4x1, tileAVX2_4x2, tileAVX2_4x3,
		},
		{
			tileAVX2_5x1, tileAVX2_5x2,
		},
		{
			tileAVX2_6x1, tileAVX2_6x2,
		},
	},
	tail: []kernel{
		tileAVX2_1tail, tileAVX2_2tail, tileAVX2_3tail,
		tileAVX2_4tail, tileAVX2_5tail, tileAVX2_6tail,
	},
}

// Halves are for few rows, which are bound by reading B; more are taken three at
// a time.
var avx512Half = tiles{
	lanes: 16,
	whole: [][]kernel{
		{
			halfAVX512_1x1, halfAVX512_1x2, halfAVX512_1x3, halfAVX512_1x4,
			halfAVX512_1x5, halfAVX512_1x6, halfAVX512_1x7, halfAVX512_1x8,
			halfAVX512_1x9, halfAVX512_1x10, halfAVX512_1x11, halfAVX512_1x12,
		},
		{
			halfAVX512_2x1, halfAVX512_2x2, halfAVX512_2x3, halfAVX512_2x4,
			halfAVX512_2x5, halfAVX512_2x6, halfAVX512_2x7, halfAVX512_2x8,
		},
		{
			halfAVX512_3x1, halfAVX512_3x2, halfAVX512_3x3, halfAVX512_3x4,
			halfAVX512_3x5, halfAVX512_3x6,
		},
	},
}

var avx2Half = tiles{
	lanes: 8,
	whole: [][]kernel{
		{
			halfAVX2_1x1, halfAVX2_1x2, halfAVX2_1x3, halfAVX2_1x4,
			halfAVX2_1x5, halfAVX2_1x6, halfAVX2_1x7, halfAVX2_1x8,
			halfAVX2_1x9, halfAVX2_1x10, halfAVX2_1x11, halfAVX2_1x12,
		},
		{
			halfAVX2_2x1, halfAVX2_2x2, halfAVX2_2x3, halfAVX2_2x4,
		},
		{
			halfAVX2_3x1, halfAVX2_3x2, halfAVX2_3x3,
		},
	},
}
