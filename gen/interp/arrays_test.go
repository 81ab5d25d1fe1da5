package interp

import (
	"math"
	"testing"
)

// TestLen expects shapes whose product overflows not to fit any array.
func TestLen(t *testing.T) {
	const half = 1 << 16 << (^uint(0) >> 63 << 4) // its square overflows
	for _, c := range []struct {
		shape []int
		want  int
	}{
		{nil, 1},
		{[]int{3, 5, 7}, 105},
		{[]int{0}, 0},
		{[]int{half, half}, math.MaxInt},
		{[]int{half, half, half, half}, math.MaxInt},
		{[]int{half, half, 0}, 0},
		{[]int{math.MaxInt}, math.MaxInt},
	} {
		if n := (Array{Shape: c.shape}).Len(); n != c.want {
			t.Errorf("%v: %d values, want %d", c.shape, n, c.want)
		}
	}
}
