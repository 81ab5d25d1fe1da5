package runtime

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
)

// Any number of workers gives the same results, bit for bit, gradients of the
// weights included: on layers of two and three groups of units, the least that
// are shared out.
func TestWorkers(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		small := rapid.SampledFrom([]int{1, 2, 3, 9})
		k := rapid.SampledFrom(cells).Draw(t, "cell").kernel
		steps, batch, input := small.Draw(t, "steps"), small.Draw(t, "batch"), rapid.SampledFrom([]int{1, 5, 70}).Draw(t, "input")
		hidden := rapid.SampledFrom([]int{65, 80, 129}).Draw(t, "hidden")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := newProblem(random, k, steps, batch, input, hidden)
		l := newLayerOf(k, p)
		l.workers = 1
		want := solve(l, p, steps)
		l.workers = rapid.IntRange(2, 3).Draw(t, "workers")
		got := solve(l, p, steps)
		checkStates(t, got, want)
		checkEqual(t, "dW", got.gradients.w, want.gradients.w)
		checkEqual(t, "dU", got.gradients.u, want.gradients.u)
		checkEqual(t, "db", got.gradients.b, want.gradients.b)
	})
}

// TestPausesBetweenCalls makes calls after pauses shorter and longer than helpers
// look out for them, each with a number of workers of its own: every part is done
// once, and when a call returns no helper is at work.
func TestPausesBetweenCalls(t *testing.T) {
	const parts, phases = 5, 3
	var tm team
	tm.init(true)
	var done, inside atomic.Int64
	work := func(self int) {
		inside.Add(1)
		defer inside.Add(-1)
		for range phases {
			for part := range tm.parts(self, parts) {
				done.Add(1 << (8 * part))
			}
		}
	}
	for call := range 3000 {
		done.Store(0)
		tm.run(1+call%4, work)
		if n := inside.Load(); n != 0 {
			t.Fatalf("call %d returns, and %d workers are inside", call, n)
		}
		if got, want := done.Load(), int64(0x0303030303); got != want {
			t.Fatalf("call %d did parts %#x times, want %#x", call, got, want)
		}
		for start := time.Now(); time.Since(start) < time.Duration(call%100)*time.Microsecond; {
			runtime.Gosched()
		}
	}
}

// BenchmarkWorkers times a layer of 512 units, 64 rows, on one worker and on two,
// in turns: ×one is how much faster two are, in the medians.
func BenchmarkWorkers(b *testing.B) {
	const steps, batch, width = 16, 64, 512
	x, y, dx := make([]float32, steps*batch*width), make([]float32, steps*batch*width), make([]float32, steps*batch*width)
	run := func(workers int, backward bool) func() {
		l := must(NewLayer(lstmKernel{}, width, width, Workers(workers)))
		ws, s, g := must(l.NewWorkspace(steps, batch)), must(l.NewState(batch)), l.NewGradients()
		return func() {
			check(l.Forward(ws, s, x, y))
			if backward {
				check(l.Backward(ws, nil, y, dx, g))
			}
		}
	}
	for name, backward := range map[string]bool{"forward": false, "forward+backward": true} {
		b.Run(name, func(b *testing.B) {
			one, two := run(1, backward), run(2, backward)
			var times [2][]time.Duration
			for b.Loop() {
				for i, run := range []func(){one, two} {
					start := time.Now()
					run()
					times[i] = append(times[i], time.Since(start))
				}
			}
			for _, t := range times {
				slices.Sort(t)
			}
			middle := len(times[0]) / 2
			b.ReportMetric(float64(times[1][middle].Microseconds())/steps, "µs/step")
			b.ReportMetric(float64(times[0][middle])/float64(times[1][middle]), "×one")
			b.ReportMetric(0, "ns/op")
		})
	}
}
