package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Padding is the steps of a row after the last of them that has a cotangent; one below 2⁻⁹⁵
// counts as 0. What is computed there is unwanted, and may be NaN or infinite, which a product
// with zero would keep: Backward leaves padding out.

// findPadding sets, for each row, how many steps come before its padding.
func (ws *Workspace) findPadding(ds *State) {
	width := ws.owner.out.units
	ws.padded = false
	ws.ends = ws.ends[:ws.batch]
	for row := range ws.ends {
		end := ws.lengths.Of(row, ws.steps)
		if !ds.anyOf(row) {
			for end > 0 && (ws.dy == nil || !slices.ContainsFunc(ws.dy[((end-1)*ws.batch+row)*width:][:width], matrix.Counts)) {
				end--
			}
		}
		ws.ends[row] = end
		ws.padded = ws.padded || end < ws.steps
	}
}

// anyOf reports whether a row of the states has a value that counts. s may be nil.
func (s *State) anyOf(row int) bool {
	for i := 0; s != nil && i < len(s.arrays); i++ {
		if slices.ContainsFunc(s.arrays[i].Data[row*s.widths[i]:][:s.widths[i]], matrix.Counts) {
			return true
		}
	}
	return false
}

// clearPaddedRows clears the rows of a call that are padding at step t; a row starts a stride
// after the one before.
func (ws *Workspace) clearPaddedRows(t int, b span, rows []float32, width, stride int) {
	for i, end := range ws.ends[b.row:][:ws.arrayRows()] {
		if t >= end {
			clear(rows[i*stride:][:width])
		}
	}
}

// clearPaddedColumns clears the columns of padding in a matrix [..][T·B].
func (ws *Workspace) clearPaddedColumns(m matrix.Float) {
	for i := range m.Rows {
		row := m.Row(i)
		for b, end := range ws.ends {
			for t := end; t < ws.steps; t++ {
				row[t*ws.batch+b] = 0
			}
		}
	}
}
