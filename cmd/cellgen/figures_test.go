package main

import (
	"encoding/json"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
)

// TestRowOfSamples expects the medians, intervals and ratios of known rounds: the generated
// cell takes 1 to 7 ms, the interpreted one twice as long, on two cores of 10 GFLOP/s.
func TestRowOfSamples(t *testing.T) {
	var r timing.Result
	for _, ms := range []float64{3, 1, 7, 5, 2, 6, 4} {
		r.Generated.Seconds = append(r.Generated.Seconds, ms/1e3)
		r.Interpreted.Seconds = append(r.Interpreted.Seconds, 2*ms/1e3)
	}
	r.Peak, r.Generated.Flops, r.Generated.Bytes = 10, 8e6, 4e6
	got := newRow(timing.Request{Workers: 2}, &r)
	if s := got.Generated.Seconds; s != (estimate{4e-3, 1e-3, 7e-3}) { // 7 samples: 98 %
		t.Errorf("seconds %+v", s)
	}
	if got.SpeedUp != (estimate{2, 2, 2}) {
		t.Errorf("speed-up %+v", got.SpeedUp)
	}
	if got.Generated.Speed != 2 || got.Generated.OfPeak != 10 {
		t.Errorf("%g GFLOP/s, %g %% of the peak; want 2, 10", got.Generated.Speed, got.Generated.OfPeak)
	}
	if s := got.Generated.Seconds.spread(); s != 75 {
		t.Errorf("spread %g %%, want 75", s)
	}
	if p := got.Generated.point(); p.X != 2 || p.Y != 2 {
		t.Errorf("on the roofline at %v, want 2, 2", p)
	}
}

// TestFewestRounds expects a finite interval, which JSON can express, for the smallest number
// of rounds.
func TestFewestRounds(t *testing.T) {
	e := newEstimate([]float64{1, 2, 3, 4, 5, 6}[:leastRounds])
	if _, err := json.Marshal(e); err != nil || e.Low != 1 || e.High != 6 {
		t.Errorf("%+v: %v", e, err)
	}
}
