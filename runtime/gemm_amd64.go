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
		list = append(list, newNative("avx512", &avx512, &avx512Half, addAVX512))
	}
	if x.HasAVX2 && x.HasFMA && x.HasF16C {
		list = append(list, newNative("avx2", &avx2, &avx2Half, addAVX2))
	}
	return list
}

func newNative(name string, full, half *tiles, add adder) backend {
	return backend{
		name:       name,
		mulAdd:     func(c, a, b matrix) { full.product(c, a, newSource(b)) },
		mulAddHalf: func(c, a matrix, b halfMatrix) { half.product(c, a, newSource(b)) },
		transpose:  transposeStripes,
		add:        add.add,
	}
}

// source is B as kernels read it; sizes of an element and of a row are in bytes.
type source struct {
	at              unsafe.Pointer
	rows, cols      int
	stride, element int
}

// newSource returns a view of m, whose last element has to be there: the kernels
// check nothing.
func newSource[V float32 | uint16](m matrixOf[V]) source {
	size := int(unsafe.Sizeof(*new(V)))
	return source{first(m.data, m.rows, m.cols, m.stride), m.rows, m.cols, size * m.stride, size}
}

// first returns the address of a matrix' first element, nil if it has none.
func first[V any](data []V, rows, cols, stride int) unsafe.Pointer {
	if rows == 0 || cols == 0 {
		return nil
	}
	_ = data[(rows-1)*stride+cols-1]
	return unsafe.Pointer(&data[0])
}

// block returns some rows, and columns returns some columns, from the given one on.
func (s source) block(from, n int) source {
	return source{unsafe.Add(s.at, from*s.stride), n, s.cols, s.stride, s.element}
}

func (s source) columns(from, n int) source {
	return source{unsafe.Add(s.at, from*s.element), s.rows, n, s.stride, s.element}
}

// A product is computed in passes of so many rows of B, by so many rows of C at a
// time: B's rows, and A's values, stay in the second-level cache, and the sums are
// loaded and stored once a pass. One call of a kernel takes about a microsecond.
const (
	depth  = 256
	height = 16 * tileRows
)

// product computes C += A·B.
func (t *tiles) product(c, a matrix, b source) {
	if first(c.data, c.rows, c.cols, c.stride) == nil || first(a.data, c.rows, a.cols, a.stride) == nil {
		return
	}
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
func (t *tiles) block(f *fetch, c, a matrix, b source) {
	widest := t.widest(c.rows)
	for j := 0; j < c.cols; {
		vectors, width := (c.cols-j)/t.lanes, c.cols-j
		if vectors > 0 {
			vectors = piece(vectors, widest)
			width = vectors * t.lanes
		}
		group := b.columns(j, width)
		if c.rows <= streamRows {
			*f = newStream(group)
		}
		for i := 0; i < c.rows; {
			rows := piece(c.rows-i, len(t.whole))
			var run kernel
			if vectors > 0 {
				run = t.whole[rows-1][vectors-1]
			} else {
				run = t.tail[rows-1]
			}
			run(b.rows, &a.data[i*a.stride], 4*a.stride, (*byte)(group.at), b.stride,
				&c.data[i*c.stride+j], 4*c.stride, width, f.next, f.step)
			f.next += uintptr(f.step * b.rows)
			i += rows
		}
		j += width
	}
}

// fetch is what the kernels fetch meanwhile.
type fetch struct {
	next uintptr
	step int // bytes for a step of a kernel's sum
}

// newFetch shares out, over the calls of a pass, as much memory as B takes, from
// B's end on: that is more of B, or the panel of weights that is used next.
func (t *tiles) newFetch(c matrix, b source) fetch {
	calls := pieces(c.cols, t.lanes*t.widest(c.rows)) * pieces(c.rows, len(t.whole))
	return fetch{uintptr(b.at) + uintptr(b.rows*b.stride), b.stride / calls}
}

// With at most streamRows rows a product is bound by reading B. Then each call
// fetches what it reads itself, streamAhead bytes or a little more later.
const streamAhead = 4096

func newStream(b source) fetch {
	rows := pieces(streamAhead, b.cols*b.element)
	return fetch{uintptr(b.at) + uintptr(rows*b.stride), b.stride}
}

func pieces(n, most int) int { return (n + most - 1) / most }

// piece is the first of the fewest, nearly equal pieces of at most most that
// make up n.
func piece(n, most int) int {
	pieces := pieces(n, most)
	return (n + pieces - 1) / pieces
}

// adder adds rows of n elements; strides are in bytes.
type adder func(rows, n int, to *float32, toRow int, from *float32, fromRow int)

// add adds m to sum.
func (a adder) add(sum, m matrix) {
	to := first(sum.data, m.rows, m.cols, sum.stride)
	if from := first(m.data, m.rows, m.cols, m.stride); from != nil {
		a(m.rows, m.cols, (*float32)(to), 4*sum.stride, (*float32)(from), 4*m.stride)
	}
}

// transposeStripes transposes stripes of rows, so many that a row of T is written by
// whole cache lines. The last stripe, and of each the last columns, reach back into
// what is already transposed.
func transposeStripes(t, m matrix) {
	const tall, wide = stripeRows, stripeColumns
	if m.rows < tall || m.cols < wide {
		transposeElements(t, m)
		return
	}
	for i := 0; i < m.rows; i += tall {
		i = min(i, m.rows-tall)
		stripe, to := m.block(i, tall), t.columns(i, tall)
		for j := 0; j < m.cols; {
			j = min(j, m.cols-wide)
			n := (m.cols - j) / wide
			transposeAVX2(n, (*float32)(first(stripe.data[j:], tall, n*wide, m.stride)), 4*m.stride,
				(*float32)(first(to.block(j, n*wide).data, n*wide, tall, t.stride)), 4*t.stride)
			j += n * wide
		}
	}
}
