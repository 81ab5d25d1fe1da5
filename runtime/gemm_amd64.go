//go:build !purego

package runtime

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

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
// and rows of B; strides are in bytes. It fetches memory from next on, nextStep
// bytes for each of the k steps. Its number of rows is a kernel's own, and so is
// its number of columns, but for the tails'; gemm_cellgen_amd64.go has each one's
// definition.
type kernel func(k int, a *float32, aRow int, b *float32, bStep int, c *float32, cRow, n int, next uintptr, nextStep int)

// tiles are the kernels for one to six rows.
type tiles struct {
	lanes int         // of a vector
	whole [6][]kernel // for one vector and more
	tail  [6]kernel   // for n columns, fewer than a vector
}

// A tile has as many sums as leave registers for B and A: 6 × 4 of 32, 6 × 2 of
// 16. With fewer rows, loads of B bound it, the wider the closer they follow each
// other.
var avx512 = tiles{
	lanes: 16,
	whole: [6][]kernel{
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
	tail: [6]kernel{
		tileAVX512_1tail, tileAVX512_2tail, tileAVX512_3tail,
		tileAVX512_4tail, tileAVX512_5tail, tileAVX512_6tail,
	},
}

var avx2 = tiles{
	lanes: 8,
	whole: [6][]kernel{
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
	tail: [6]kernel{
		tileAVX2_1tail, tileAVX2_2tail, tileAVX2_3tail,
		tileAVX2_4tail, tileAVX2_5tail, tileAVX2_6tail,
	},
}

func newNative(name string, t tiles) backend {
	return backend{name: name, mulAdd: t.product}
}

// A product is computed in passes of so many rows of B, by so many rows of C at a
// time: B's rows, and A's values, stay in the second-level cache, and the sums are
// loaded and stored once a pass. One call of a kernel takes about a microsecond.
const (
	depth  = 256
	height = 16 * 6
)

// product computes C += A·B.
func (t *tiles) product(c, a, b matrix) {
	if c.rows == 0 || c.cols == 0 || a.cols == 0 {
		return
	}
	// The kernels check nothing: the last elements have to be there.
	_ = c.data[(c.rows-1)*c.stride+c.cols-1]
	_ = a.data[(c.rows-1)*a.stride+a.cols-1]
	_ = b.data[(a.cols-1)*b.stride+c.cols-1]

	for l := 0; l < a.cols; {
		n := piece(a.cols-l, depth)
		f := t.newFetch(c, b.block(l, n))
		for i := 0; i < c.rows; {
			rows := min(height, c.rows-i)
			t.block(&f, c.block(i, rows), a.block(i, rows).columns(l, n), b.block(l, n))
			i += rows
		}
		l += n
	}
}

// block computes the product by groups of columns, the tail last.
func (t *tiles) block(f *fetch, c, a, b matrix) {
	widest := t.widest(c.rows)
	for j := 0; j < c.cols; {
		vectors, width := (c.cols-j)/t.lanes, c.cols-j
		if vectors > 0 {
			vectors = piece(vectors, widest)
			width = vectors * t.lanes
		}
		if c.rows <= streamRows {
			f.stream(b.columns(j, width))
		}
		for i := 0; i < c.rows; {
			rows := piece(c.rows-i, len(t.whole))
			run := t.tail[rows-1]
			if vectors > 0 {
				run = t.whole[rows-1][vectors-1]
			}
			run(b.rows, &a.data[i*a.stride], 4*a.stride, &b.data[j], 4*b.stride,
				&c.data[i*c.stride+j], 4*c.stride, width, f.next, f.step)
			f.next += uintptr(f.step * b.rows)
			i += rows
		}
		j += width
	}
}

// widest returns how many vectors the kernels for a number of rows take at most.
func (t *tiles) widest(rows int) int { return len(t.whole[piece(rows, len(t.whole))-1]) }

// fetch is what the kernels fetch meanwhile.
type fetch struct {
	next uintptr
	step int // bytes for a step of a kernel's sum
}

// newFetch shares out, over the calls of a pass, as much memory as B takes, from
// B's end on: that is more of B, or the panel of weights that is used next.
func (t *tiles) newFetch(c, b matrix) fetch {
	calls := pieces(c.cols, t.lanes*t.widest(c.rows)) * pieces(c.rows, len(t.whole))
	return fetch{address(b.data) + uintptr(4*b.stride*b.rows), 4 * b.stride / calls}
}

// With at most streamRows rows a product is bound by reading B. Then each call
// fetches what it reads itself, streamAhead bytes or a little more later.
const (
	streamRows  = 3
	streamAhead = 4096
)

func (f *fetch) stream(b matrix) {
	rows := pieces(streamAhead, 4*b.cols)
	*f = fetch{address(b.data) + uintptr(4*b.stride*rows), 4 * b.stride}
}

func address(data []float32) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(data))) }

func pieces(n, most int) int { return (n + most - 1) / most }

// piece is the first of the fewest, nearly equal pieces of at most most that
// make up n.
func piece(n, most int) int {
	pieces := pieces(n, most)
	return (n + pieces - 1) / pieces
}
