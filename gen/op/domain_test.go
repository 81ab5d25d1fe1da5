package op

import (
	"math"
	"testing"
)

func TestIntervals(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		i       Interval
		in, out []float64
	}{
		{Interval{}, []float64{0, -7.5, inf, -inf, nan}, nil},
		{Interval{Low: -1, High: 2}, []float64{-1, 0, 0.5, 2}, []float64{-1.5, 2.5, inf, -inf, nan}},
		{Interval{Low: 0, High: inf}, []float64{0, 3, inf}, []float64{-1e-9, nan}},
		{Interval{Low: -3, High: 3, Integers: true}, []float64{-3, 0, 2}, []float64{0.5, 4, -4, nan}},
	} {
		for _, x := range c.in {
			if !c.i.Contains(x) {
				t.Errorf("%v is not in %v", x, c.i)
			}
		}
		for _, x := range c.out {
			if c.i.Contains(x) {
				t.Errorf("%v is in %v", x, c.i)
			}
		}
	}
	if !Sin.Covers(1e5) || !Sin.Covers(inf) || Sin.Covers(-1e6) || !Tanh.Covers(1e30) || !Scale2.Covers(1, 3) || Scale2.Covers(1, 2.5) {
		t.Error("an operator covers operands outside its domain")
	}
}
