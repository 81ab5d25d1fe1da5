package runtime

// matrix is a view of rows × cols values, row-major, rows stride values apart.
type matrix = matrixOf[float32]

// halfMatrix is one of IEEE half-precision values.
type halfMatrix = matrixOf[uint16]

type matrixOf[V float32 | uint16] struct {
	data               []V
	rows, cols, stride int
}

// columns returns n columns of m from the given one on.
func (m matrixOf[V]) columns(from, n int) matrixOf[V] {
	return matrixOf[V]{m.data[from:], m.rows, n, m.stride}
}

// block returns n rows of m from the given one on.
func (m matrixOf[V]) block(from, n int) matrixOf[V] {
	return matrixOf[V]{m.data[from*m.stride:], n, m.cols, m.stride}
}

// This is the seam that every product goes through. Each element of the result
// is one sum in the order of the inner index, from the element's old value on,
// whatever the number of rows and columns: a sequence computed at once, in
// chunks or step by step is the same bit for bit, and a batch row does not
// depend on its neighbours. Native backends round once a term (FMA), gonum
// twice. (OpenBLAS gives all that up; see Ordered.)
//
// gonum skips a zero of A: 0·NaN and 0·Inf are 0 where NaN or Inf is B's, and
// NaN in native backends.

// mulAdd computes C += A·B. There is no product with a transposed matrix: what
// is transposed, weights or a sequence, serves many products.
func mulAdd(c, a, b matrix) {
	writes(c)
	reads(a)
	reads(b)
	active.mulAdd(c, a, b)
}

// mulAddHalf computes C += A·float32(B), the same bit for bit as with a B of
// float32. B has whole blocks of columns.
func mulAddHalf(c, a matrix, b halfMatrix) {
	writes(c)
	reads(a)
	reads(b)
	active.mulAddHalf(c, a, b)
}

// transpose computes T = Mᵀ.
func transpose(t, m matrix) {
	writes(t)
	reads(m)
	active.transpose(t, m)
}

// transposeElements transposes squares that stay in cache, whatever the strides.
func transposeElements(t, m matrix) {
	const side = 8
	for i := 0; i < m.rows; i += side {
		for j := 0; j < m.cols; j += side {
			rows, cols := min(side, m.rows-i), min(side, m.cols-j)
			for r := range rows {
				from := m.data[(i+r)*m.stride+j:][:cols]
				for c, v := range from {
					t.data[(j+c)*t.stride+i+r] = v
				}
			}
		}
	}
}

// addRows adds the rows of m to sum, from the first to the last.
func addRows(sum []float32, m matrix) { addTo(matrix{sum, m.rows, m.cols, 0}, m) }

// addTo adds m to sum, which has its shape.
func addTo(sum, m matrix) {
	writes(sum)
	reads(m)
	active.add(sum, m)
}

// addElements adds m to sum.
func addElements(sum, m matrix) {
	for i := range m.rows {
		row := sum.data[i*sum.stride:][:m.cols]
		for j, v := range m.data[i*m.stride:][:m.cols] {
			row[j] += v
		}
	}
}

// clearRows sets m to zero.
func clearRows(m matrix) {
	for i := range m.rows {
		clear(m.data[i*m.stride:][:m.cols])
	}
}
