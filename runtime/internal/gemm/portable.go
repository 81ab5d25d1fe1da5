package gemm

import (
	"math"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// transposeElements transposes square parts small enough to stay in cache, whatever the
// strides.
func transposeElements(t, m matrix.Float) {
	const side = 8
	for i := 0; i < m.Rows; i += side {
		for j := 0; j < m.Cols; j += side {
			rows, cols := min(side, m.Rows-i), min(side, m.Cols-j)
			for r := range rows {
				from := m.Data[(i+r)*m.Stride+j:][:cols]
				for c, v := range from {
					t.Data[(j+c)*t.Stride+i+r] = v
				}
			}
		}
	}
}

// anyTiny reports whether x has a number that is not 0 and below Tiny.
func anyTiny(x []float32) bool {
	for _, v := range x {
		if 2*math.Float32bits(v)-1 < 2*math.Float32bits(matrix.Tiny)-1 {
			return true
		}
	}
	return false
}

// addElements adds m to sum.
func addElements(sum, m matrix.Float) {
	for i := range m.Rows {
		row := sum.Row(i)
		for j, v := range m.Row(i) {
			row[j] += v
		}
	}
}
