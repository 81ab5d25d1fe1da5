// Package matrix provides views of matrices, memory for them, and what tells the race
// detector which of them assembly reads and writes.
package matrix

import "math"

// Of is a view of Rows × Cols values, row-major, whose rows begin Stride values apart.
type Of[V float32 | uint16] struct {
	Data               []V
	Rows, Cols, Stride int
}

// Float is a view of float32 values.
type Float = Of[float32]

// Half is a view of IEEE half-precision values.
type Half = Of[uint16]

// New returns a matrix whose rows follow each other in data.
func New[V float32 | uint16](data []V, rows, cols int) Of[V] {
	return Of[V]{data, rows, cols, cols}
}

// Strided returns a matrix whose rows begin stride values apart in data.
func Strided[V float32 | uint16](data []V, rows, cols, stride int) Of[V] {
	return Of[V]{data, rows, cols, stride}
}

// Columns returns n columns of m from the given one on.
func (m Of[V]) Columns(from, n int) Of[V] {
	return Of[V]{m.Data[from:], m.Rows, n, m.Stride}
}

// Block returns n rows of m from the given one on.
func (m Of[V]) Block(from, n int) Of[V] {
	return Of[V]{m.Data[from*m.Stride:], n, m.Cols, m.Stride}
}

// Row returns row i.
func (m Of[V]) Row(i int) []V { return m.Data[i*m.Stride:][:m.Cols] }

// Tiny is the least magnitude that counts: what is smaller is 0 where it enters a layer or
// leaves a kernel, and so never meets a product as a denormal.
const Tiny = 0x1p-95

// NaN is the NaN that x86 makes of ∞ − ∞.
var NaN = math.Float32frombits(0x3ff << 22)

// Counts reports whether v is not below Tiny in magnitude. NaN counts. (Comparing the exponents,
// whatever the sign, is a branch that can be predicted.)
func Counts(v float32) bool { return math.Float32bits(v)<<1 >= tinyBits<<1 }

const tinyBits = (127 - 95) << 23 // of Tiny

// Clear sets m to zero.
func Clear(m Float) {
	if m.Stride == m.Cols {
		clear(m.Data[:m.Rows*m.Cols])
		return
	}
	for i := range m.Rows {
		clear(m.Row(i))
	}
}
