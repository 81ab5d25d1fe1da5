package soak

import (
	"testing"
	"time"
)

// Scales fails if large takes more than limit times as long as small. Only the ratio counts,
// of the shortest of a few runs that take turns, so that a slow machine passes; and it may be
// missed four times, for the sake of a busy one.
func Scales(t *testing.T, limit float64, small, large func()) {
	t.Helper()
	var seen []float64
	for range 5 {
		seen = append(seen, ratio(time.Now, small, large))
		if seen[len(seen)-1] <= limit {
			return
		}
	}
	t.Errorf("the larger takes %.1f times as long, want at most %g", seen, limit)
}

// ratio returns how many times as long as a run of small one of large takes, in the shortest
// of three, by a clock.
func ratio(now func() time.Time, small, large func()) float64 {
	var best [2]time.Duration
	for round := range 3 {
		for i, run := range []func(){small, large} {
			start := now()
			run()
			if took := max(1, now().Sub(start)); round == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	return float64(best[1]) / float64(best[0])
}

// Patience returns how long a test waits before it says that something hangs: a tenth of
// what is left until the deadline of all tests, which a slow machine is given more of.
func Patience(t *testing.T) time.Duration {
	if deadline, ok := t.Deadline(); ok {
		return time.Until(deadline) / 10
	}
	return 10 * time.Minute
}
