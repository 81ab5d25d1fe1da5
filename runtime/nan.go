package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Which NaN a sum of several returns depends on the order in which a processor takes its
// operands, which Go does not say. So that gradients are the same bit for bit, all their
// NaNs are the one of kernel.Flush.

// sameNaNs replaces the NaNs of a product. Where an operand has NaNs of different bits, as
// cotangents of a tile or x may, whole rows or columns of the product are NaN: the first row
// and column tell.
func sameNaNs(m matrix.Float) {
	found := slices.ContainsFunc(m.Row(0), isNaN)
	for i := 0; i < m.Rows && !found; i++ {
		found = isNaN(m.Data[i*m.Stride])
	}
	for i := 0; i < m.Rows && found; i++ {
		row := m.Row(i)
		for j, v := range row {
			if isNaN(v) {
				row[j] = matrix.NaN
			}
		}
	}
}

func isNaN(v float32) bool { return v != v }
