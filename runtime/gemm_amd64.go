//go:build !purego

package runtime

import "golang.org/x/sys/cpu"

// nativeBackends returns those whose instructions this processor, and its
// operating system, have.
func nativeBackends() (list []backend) {
	x := cpu.X86
	if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && x.HasBMI2 {
		list = append(list, newNative("avx512", avx512))
	}
	if x.HasAVX2 && x.HasFMA {
		list = append(list, newNative("avx2", avx2))
	}
	return list
}

// kernel adds to a tile of C, held in registers, the product of k columns of A
// and rows of B; strides are in bytes. As A's elements have two strides, aRow
// from one row of C to the next and aStep along the sum, A may be transposed.
// Its number of rows is a kernel's own, and so is its number of columns, but for
// the tails'; gemm_cellgen_amd64.go has each one's definition.
type kernel func(k int, a *float32, aRow, aStep int, b *float32, bStep int, c *float32, cRow, n int)

// tiles are the kernels for one to six rows.
type tiles struct {
	lanes int         // of a vector
	whole [6][]kernel // for one vector and more
	tail  [6]kernel   // for n columns, fewer than a vector
}

// A tile has as many sums as leave registers for B and A: 6 × 4 of 32, 6 × 2 of 16.
var avx512 = tiles{
	lanes: 16,
	whole: [6][]kernel{
		{tileAVX512_1x1, tileAVX512_1x2, tileAVX512_1x3, tileAVX512_1x4},
		{tileAVX512_2x1, tileAVX512_2x2, tileAVX512_2x3, tileAVX512_2x4},
		{tileAVX512_3x1, tileAVX512_3x2, tileAVX512_3x3, tileAVX512_3x4},
		{tileAVX512_4x1, tileAVX512_4x2, tileAVX512_4x3, tileAVX512_4x4},
		{tileAVX512_5x1, tileAVX512_5x2, tileAVX512_5x3, tileAVX512_5x4},
		{tileAVX512_6x1, tileAVX512_6x2, tileAVX512_6x3, tileAVX512_6x4},
	},
	tail: [6]kernel{
		tileAVX512_1tail, tileAVX512_2tail, tileAVX512_3tail,
		tileAVX512_4tail, tileAVX512_5tail, tileAVX512_6tail,
	},
}

var avx2 = tiles{
	lanes: 8,
	whole: [6][]kernel{
		{tileAVX2_1x1, tileAVX2_1x2},
		{tileAVX2_2x1, tileAVX2_2x2},
		{tileAVX2_3x1, tileAVX2_3x2},
		{tileAVX2_4x1, tileAVX2_4x2},
		{tileAVX2_5x1, tileAVX2_5x2},
		{tileAVX2_6x1, tileAVX2_6x2},
	},
	tail: [6]kernel{
		tileAVX2_1tail, tileAVX2_2tail, tileAVX2_3tail,
		tileAVX2_4tail, tileAVX2_5tail, tileAVX2_6tail,
	},
}

func newNative(name string, t tiles) backend {
	return backend{
		name:         name,
		mulAdd:       func(c, a, b matrix) { t.product(c, a.data, a.stride, 1, a.cols, b, depth) },
		mulAddTransA: func(c, a, b matrix) { t.product(c, a.data, 1, a.stride, a.rows, b, depthTransA) },
	}
}

// depth is how many rows of B are used at a time: by all rows of C before the
// next, so that a group of columns stays in the first-level cache. One call of
// a kernel takes about a microsecond.
// A transposed A is read across its rows, each of which may lie in a page of
// its own: fewer, for the processor to remember their addresses.
const (
	depth       = 256
	depthTransA = 64
)

// product computes C += A·B, where A's element for row i of C and step l of the
// sum is a[i·row+l·step].
func (t *tiles) product(c matrix, a []float32, row, step, k int, b matrix, depth int) {
	if c.rows == 0 || c.cols == 0 || k == 0 {
		return
	}
	// The kernels check nothing: the last elements have to be there.
	_ = c.data[(c.rows-1)*c.stride+c.cols-1]
	_ = a[(c.rows-1)*row+(k-1)*step]
	_ = b.data[(k-1)*b.stride+c.cols-1]

	for l := 0; l < k; {
		n := piece(k-l, depth)
		t.columns(c, a[l*step:], row, step, n, matrix{b.data[l*b.stride:], n, c.cols, b.stride})
		l += n
	}
}

// columns computes the product by groups of columns, the tail last.
func (t *tiles) columns(c matrix, a []float32, row, step, k int, b matrix) {
	vectors := c.cols / t.lanes
	for j := 0; j < vectors; {
		n := piece(vectors-j, len(t.whole[0]))
		from, width := j*t.lanes, n*t.lanes
		for i := 0; i < c.rows; {
			rows := piece(c.rows-i, len(t.whole))
			t.whole[rows-1][n-1](k, &a[i*row], 4*row, 4*step, &b.data[from], 4*b.stride,
				&c.data[i*c.stride+from], 4*c.stride, width)
			i += rows
		}
		j += n
	}
	from := vectors * t.lanes
	for i := 0; from < c.cols && i < c.rows; {
		rows := piece(c.rows-i, len(t.tail))
		t.tail[rows-1](k, &a[i*row], 4*row, 4*step, &b.data[from], 4*b.stride,
			&c.data[i*c.stride+from], 4*c.stride, c.cols-from)
		i += rows
	}
}

// piece is the first of the fewest, nearly equal pieces of at most most that
// make up n.
func piece(n, most int) int {
	pieces := (n + most - 1) / most
	return (n + pieces - 1) / pieces
}
