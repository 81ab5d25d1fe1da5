package kernel

import (
	"math"
	"math/bits"
	"testing"
)

// TestRows expects a panic unless the last row exists, and no memory to be needed by rows of
// width 0.
func TestRows(t *testing.T) {
	const most, half = math.MaxInt, bits.UintSize / 2
	x := make([]float32, 40)
	for _, rows := range []func(x []float32, r, rows, stride, width int) *float32{RowsIn, RowsOut} {
		if rows(x, 1, 3, 12, 16) != &x[12] || rows(nil, 0, 3, 0, 0) != nil {
			t.Error("wrong address")
		}
		for _, c := range [][4]int{
			{1, 3, 13, 16},
			{0, 4, 12, 16},
			{0, 2, -12, 16},
			{0, 1, 0, 41},
			{1, 3, 12, 17},
			{0, 3, most/2 + 1, 16},
			{0, most, 16, 16},
			{0, most/16 + 2, 16, 16},
			{0, 2, most, 16},
			{0, 1<<half + 1, 1 << half, 16}, // a product that is 0
			{0, 0, 16, 16},
			{0, -1, 16, 16},
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v: no panic for missing rows", c)
					}
				}()
				rows(x, c[0], c[1], c[2], c[3])
			}()
		}
	}
}
