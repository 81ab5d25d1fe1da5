package team

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestPausesBetweenCalls makes calls after pauses shorter and longer than helpers wait for
// them, with varying numbers of workers. Every part must be done once, and no helper be at
// work when a call returns.
func TestPausesBetweenCalls(t *testing.T) {
	const parts, phases = 5, 3
	var tm Team
	tm.Init()
	var done, inside atomic.Int64
	work := func(self int) {
		inside.Add(1)
		defer inside.Add(-1)
		for range phases {
			for part := range tm.Parts(self, parts) {
				done.Add(1 << (8 * part))
			}
		}
	}
	for call := range 3000 {
		done.Store(0)
		tm.Run(1+call%4, true, work)
		if n := inside.Load(); n != 0 {
			t.Fatalf("call %d returned while %d workers were inside", call, n)
		}
		if got, want := done.Load(), int64(0x0303030303); got != want {
			t.Fatalf("call %d did parts %#x times, want %#x", call, got, want)
		}
		for start := time.Now(); time.Since(start) < time.Duration(call%100)*time.Microsecond; {
			runtime.Gosched()
		}
	}
}
