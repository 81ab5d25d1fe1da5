package nn

import "github.com/cellgen/cellgen/runtime/internal/matrix"

// scratch is what products take besides: some rows of x, transposed, and Wᵀ; or, if the kernel is
// tied, some rows of x, and some tokens of the table or of dy, transposed.
type scratch struct {
	x, other []float32
	rows     int // that there is room for
}

// denseRows is how many rows of x are transposed at a time, at most, and denseValues
// how many values of them if rows are long.
const (
	denseRows   = 256
	denseValues = 1 << 18
)

// rowsAtOnce returns how many rows of x are transposed at a time.
func (d *Dense) rowsAtOnce() int { return min(denseRows, max(1, denseValues/d.input)) }

// otherSizes returns the sizes of a scratch's other array.
func (d *Dense) otherSizes(rows int) []int {
	if d.tied {
		return []int{max(d.input, rows), min(tiedTokens, d.output)}
	}
	return []int{d.input, d.output}
}

// takeScratch returns scratch memory, with the other array if need be.
func (d *Dense) takeScratch(other bool) *scratch {
	s, _ := d.scratch.Get().(*scratch)
	if s == nil {
		rows := d.rowsAtOnce()
		s = &scratch{x: matrix.Floats(d.input * rows), rows: rows}
	}
	if sizes := d.otherSizes(s.rows); s.other == nil && (other || d.tied) {
		s.other = matrix.Floats(sizes[0] * sizes[1])
	}
	return s
}
