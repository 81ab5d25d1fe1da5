package interp

import (
	"math"
	"testing"
)

// TestRounding expects each way of rounding to choose one of the two nearest float32, about half
// of the time the nearer, and what is a float32 to stay.
func TestRounding(t *testing.T) {
	for way := rounding(1); way < 6; way++ {
		nearer := 0
		for i := range 1000 {
			x := math.Ldexp(1+float64(i)/1001, i%20-10)
			got, near := way.of(x), float64(float32(x))
			if size := math.Abs(near); math.Abs(got-x) > size*0x1p-23 || float64(float32(got)) != got || way.of(got) != got || way.of(x) != got {
				t.Fatalf("way %d rounds %v to %v", way, x, got)
			}
			if got == near {
				nearer++
			}
		}
		if way == nearest && nearer != 1000 || way != nearest && (nearer < 400 || nearer > 600) {
			t.Errorf("way %d rounds %d of 1000 numbers to the nearer", way, nearer)
		}
		for _, x := range []float64{0, math.Inf(1), math.Inf(-1)} {
			if way.of(x) != x {
				t.Errorf("way %d rounds %v to %v", way, x, way.of(x))
			}
		}
		if x := way.of(math.NaN()); !math.IsNaN(x) {
			t.Errorf("way %d rounds NaN to %v", way, x)
		}
	}
}
