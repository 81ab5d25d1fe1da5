package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Which NaN a sum of several returns depends on the order in which a processor takes its
// operands, which Go does not say. So that gradients are the same bit for bit, all their
// NaNs are the one of kernel.Flush.

// sameNaNs replaces the NaNs of a product. Where an operand has NaNs of different bits, the
// cotangents of a tile, whole rows or columns of the product are NaN: the first tells.
func sameNaNs(m matrix.Float, first []float32) {
	if !slices.ContainsFunc(first, isNaN) {
		return
	}
	for i := range m.Rows {
		row := m.Row(i)
		for j, v := range row {
			if isNaN(v) {
				row[j] = matrix.NaN
			}
		}
	}
}

func isNaN(v float32) bool { return v != v }
