package runtime

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestWorkers expects any number of workers to give the same results bit for bit, gradients
// of weights included, on layers of two and three groups of units, the fewest that are
// divided up.
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
		testkit.CheckEqual(t, "dW", got.gradients.w, want.gradients.w)
		testkit.CheckEqual(t, "dU", got.gradients.u, want.gradients.u)
		testkit.CheckEqual(t, "db", got.gradients.b, want.gradients.b)
	})
}

// BenchmarkWorkers times a layer of 512 units and 64 rows on one worker and on two, which
// take turns: ×one is how many times as fast two are, in the medians.
func BenchmarkWorkers(b *testing.B) {
	const steps, batch, width = 16, 64, 512
	x, y, dx := make([]float32, steps*batch*width), make([]float32, steps*batch*width), make([]float32, steps*batch*width)
	run := func(workers int, backward bool) func() {
		l := testkit.Must(NewLayer(lstmKernel{}, width, width, Workers(workers)))
		ws, s, g := testkit.Must(l.NewWorkspace(steps, batch)), testkit.Must(l.NewState(batch)), newGradients(l)
		return func() {
			testkit.Check(l.Forward(ws, s, x, y))
			if backward {
				testkit.Check(l.Backward(ws, nil, y, dx, g.Params))
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
