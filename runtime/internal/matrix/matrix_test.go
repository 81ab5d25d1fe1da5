package matrix

import (
	"math"
	"testing"
)

// TestCounts compares Counts with its definition, !(−Tiny < v < Tiny), on both sides of ±Tiny and
// on every exponent.
func TestCounts(t *testing.T) {
	values := []float32{
		0, Tiny, math.Nextafter32(Tiny, 0), math.Nextafter32(Tiny, 1), math.MaxFloat32,
		math.SmallestNonzeroFloat32, float32(math.Inf(1)), float32(math.NaN()), NaN,
	}
	for exponent := range uint32(256) {
		values = append(values, math.Float32frombits(exponent<<23), math.Float32frombits(exponent<<23|12345))
	}
	for _, v := range values {
		for _, v := range []float32{v, -v} {
			if want := !(-Tiny < v && v < Tiny); Counts(v) != want {
				t.Errorf("Counts(%v) is %t, want %t", v, !want, want)
			}
		}
	}
}
