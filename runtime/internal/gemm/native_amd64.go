//go:build !purego

package gemm

import (
	"math"
	"slices"
	"unsafe"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// native returns the backend that is written in an instruction set.
func native(s machine.Set) backend {
	full, half, add, tiny := &avx2, &avx2Half, adder(addAVX2), lanes(8)
	if s == machine.AVX512 {
		full, half, add, tiny = &avx512, &avx512Half, addAVX512, 16
	}
	return backend{
		name:       s.String(),
		mulAdd:     func(c, from, a, b matrix.Float) { full.product(c, from, a, newSource(b)) },
		mulAddHalf: func(c, from, a matrix.Float, b matrix.Half) { half.product(c, from, a, newSource(b)) },
		panels:     func(c, from, a, b matrix.Float) { full.panels(c, from, a, newSource(b)) },
		panelsHalf: func(c, from, a matrix.Float, b matrix.Half) { half.panels(c, from, a, newSource(b)) },
		transpose:  transposeStripes,
		add:        add.add,
		anyTiny:    tiny.anyTiny,
	}
}

// source is B as micro-kernels read it; stride and element are in bytes.
type source struct {
	at              unsafe.Pointer
	rows, cols      int
	stride, element int
}

// newSource returns a view of m. It panics if m has no last element, as micro-kernels
// check nothing.
func newSource[V float32 | uint16](m matrix.Of[V]) source {
	size := int(unsafe.Sizeof(*new(V)))
	return source{first(m.Data, m.Rows, m.Cols, m.Stride), m.Rows, m.Cols, size * m.Stride, size}
}

// first returns the address of a matrix's first element, nil if it has none. It panics
// unless the last element exists.
func first[V any](data []V, rows, cols, stride int) unsafe.Pointer {
	if rows == 0 || cols == 0 {
		return nil
	}
	_ = data[(rows-1)*stride+cols-1]
	return unsafe.Pointer(&data[0])
}

// block and columns return n rows, and n columns, from the given one on.
func (s source) block(from, n int) source {
	return source{unsafe.Add(s.at, from*s.stride), n, s.cols, s.stride, s.element}
}

func (s source) columns(from, n int) source {
	return source{unsafe.Add(s.at, from*s.element), s.rows, n, s.stride, s.element}
}

// A product is computed in passes, each over depth rows of B, and within a pass by height
// rows of C at a time. The pass's rows of B and values of A stay in the second-level
// cache, and sums are loaded and stored once a pass. One call of a micro-kernel takes about
// a microsecond.
const (
	depth  = 256
	height = 16 * maxRows
)

// product computes C = F + A·B.
func (m *microKernels) product(c, from, a matrix.Float, b source) {
	if first(c.Data, c.Rows, c.Cols, c.Stride) == nil {
		return
	}
	first(from.Data, c.Rows, c.Cols, from.Stride)
	if first(a.Data, c.Rows, a.Cols, a.Stride) == nil {
		copyRows(c, from)
		return
	}
	for l := 0; l < a.Cols; {
		n := piece(a.Cols-l, depth)
		f := m.newFetch(c, b.block(l, n))
		for i := 0; i < c.Rows; {
			rows := min(height, c.Rows-i)
			m.macroKernel(&f, c.Block(i, rows), from.Block(i, rows), a.Block(i, rows).Columns(l, n), b.block(l, n))
			i += rows
		}
		l += n
		from = c
	}
}

// macroKernel computes C = F + A·B register tile by register tile, by groups of columns; the
// tail comes last.
func (m *microKernels) macroKernel(f *fetch, c, from, a matrix.Float, b source) {
	widest := m.widest(c.Rows)
	for j := 0; j < c.Cols; {
		vectors, width := (c.Cols-j)/m.lanes, c.Cols-j
		if vectors > 0 {
			vectors = piece(vectors, widest)
			width = vectors * m.lanes
		}
		group := b.columns(j, width)
		if c.Rows <= streamRows {
			*f = newStream(group)
		}
		for i := 0; i < c.Rows; {
			rows := piece(c.Rows-i, len(m.whole))
			var run microKernel
			if vectors > 0 {
				run = m.whole[rows-1][vectors-1]
			} else {
				run = m.tail[rows-1]
			}
			run(b.rows, &a.Data[i*a.Stride], 4*a.Stride, (*byte)(group.at), b.stride,
				&from.Data[i*from.Stride+j], 4*from.Stride, &c.Data[i*c.Stride+j], 4*c.Stride, width, f.next, f.stride)
			f.next += uintptr(f.stride * b.rows)
			i += rows
		}
		j += width
	}
}

// panelBytes is how much of B one call of a micro-kernel reads at most, if it is several panels:
// in less than 0.1 ms, as nothing can interrupt it.
const panelBytes = 1 << 20

// panels computes C[p] = F[p] + A[p]·B[p].
func (m *microKernels) panels(c, from, a matrix.Float, b source) {
	if first(c.Data, c.Rows, c.Cols, c.Stride) == nil {
		return
	}
	first(from.Data, c.Rows, c.Cols, from.Stride)
	if first(a.Data, a.Rows, a.Cols, a.Stride) == nil {
		copyRows(c, from)
		return
	}
	if a.Rows != c.Rows || b.rows != c.Rows*a.Cols || b.cols != c.Cols {
		panic("gemm: panels of the wrong size")
	}
	most := max(1, panelBytes/(a.Cols*b.stride))
	for i := 0; i < c.Rows; {
		n := min(most, c.Rows-i)
		m.somePanels(c.Block(i, n), from.Block(i, n), a.Block(i, n), b.block(i*a.Cols, n*a.Cols))
		i += n
	}
}

// somePanels computes the columns of C group by group.
func (m *microKernels) somePanels(c, from, a matrix.Float, b source) {
	for j := 0; j < c.Cols; {
		vectors := (c.Cols - j) / m.lanes
		if vectors == 0 {
			m.panelTails(c.Columns(j, c.Cols-j), from.Columns(j, c.Cols-j), a, b.columns(j, c.Cols-j))
			return
		}
		vectors = piece(vectors, len(m.row))
		group := b.columns(j, vectors*m.lanes)
		ahead := pieces(streamAhead, group.cols*group.element) * b.stride
		m.row[vectors-1](c.Rows, a.Cols, &a.Data[0], 4*a.Stride, (*byte)(group.at), b.stride, a.Cols*b.stride,
			&from.Data[j], 4*from.Stride, &c.Data[j], 4*c.Stride, ahead)
		j += vectors * m.lanes
	}
}

// panelTails computes columns of C that are fewer than a vector has.
func (m *microKernels) panelTails(c, from, a matrix.Float, b source) {
	for p := range c.Rows {
		m.tail[0](a.Cols, &a.Data[p*a.Stride], 0, (*byte)(b.block(p*a.Cols, a.Cols).at), b.stride,
			&from.Data[p*from.Stride], 0, &c.Data[p*c.Stride], 0, c.Cols, uintptr(b.at), 0)
	}
}

// fetch is the memory that micro-kernels prefetch as they compute.
type fetch struct {
	next   uintptr
	stride int // bytes for each term of a sum
}

// newFetch divides among the calls of a pass as much memory as B takes, from the end of B
// on: that is more of B, or the panel of weights that is used next.
func (m *microKernels) newFetch(c matrix.Float, b source) fetch {
	calls := pieces(c.Cols, m.lanes*m.widest(c.Rows)) * pieces(c.Rows, len(m.whole))
	return fetch{uintptr(b.at) + uintptr(b.rows*b.stride), b.stride / calls}
}

// streamAhead is how many bytes ahead of its own reads of B, at least, a call prefetches if
// the product has at most streamRows rows, and so is bound by reading B.
const streamAhead = 4096

func newStream(b source) fetch {
	rows := pieces(streamAhead, b.cols*b.element)
	return fetch{uintptr(b.at) + uintptr(rows*b.stride), b.stride}
}

// pieces returns how many pieces of at most the given size make up n.
func pieces(n, most int) int { return (n + most - 1) / most }

// piece returns the size of the first, if n is cut into as few nearly equal pieces of at
// most the given size as possible.
func piece(n, most int) int {
	pieces := pieces(n, most)
	return (n + pieces - 1) / pieces
}

// adder adds rows of n elements to others; strides are in bytes.
type adder func(rows, n int, to *float32, toRow int, from *float32, fromRow int)

// add adds m to sum.
func (a adder) add(sum, m matrix.Float) {
	to := first(sum.Data, m.Rows, m.Cols, sum.Stride)
	if from := first(m.Data, m.Rows, m.Cols, m.Stride); from != nil {
		a(m.Rows, m.Cols, (*float32)(to), 4*sum.Stride, (*float32)(from), 4*m.Stride)
	}
}

// lanes is how many float32 a vector has.
type lanes int

// anyTiny reports whether x has a number that is not 0 and below Tiny.
func (n lanes) anyTiny(x []float32) bool {
	var most [16]uint32 // −2·bits, of the smallest numbers but 0
	for len(x) >= int(n) {
		vectors := min(len(x)/int(n), 1<<12)
		if n == 16 { // calls by name, or most would be on the heap
			tinyAVX512(vectors, &x[0], &most[0])
		} else {
			tinyAVX2(vectors, &x[0], &most[0])
		}
		x = x[vectors*int(n):]
	}
	return anyTiny(x) || slices.Max(most[:]) > -(2*math.Float32bits(matrix.Tiny))
}

// transposeStripes transposes stripes of rows, which are tall enough that each row of T is
// written by whole cache lines. The last stripe, and the last columns of each, overlap
// what is already transposed.
func transposeStripes(t, m matrix.Float) {
	const tall, wide = stripeRows, stripeColumns
	if m.Rows < tall || m.Cols < wide {
		transposeElements(t, m)
		return
	}
	for i := 0; i < m.Rows; i += tall {
		i = min(i, m.Rows-tall)
		stripe, to := m.Block(i, tall), t.Columns(i, tall)
		for j := 0; j < m.Cols; {
			j = min(j, m.Cols-wide)
			n := (m.Cols - j) / wide
			transposeAVX2(n, (*float32)(first(stripe.Data[j:], tall, n*wide, m.Stride)), 4*m.Stride,
				(*float32)(first(to.Block(j, n*wide).Data, n*wide, tall, t.Stride)), 4*t.Stride)
			j += n * wide
		}
	}
}
