package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Any number of workers gives the same results, bit for bit, gradients of the
// weights included.
func TestWorkers(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	for _, cell := range cells {
		for _, size := range []struct{ steps, batch, input, hidden int }{{5, 3, 70, 200}, {3, 40, 130, 65}, {100, 2, 1, 129}} {
			p := newProblem(random, cell.kernel, size.steps, size.batch, size.input, size.hidden)
			l := newLayerOf(cell.kernel, p)
			l.workers = 1
			want := solve(l, p, size.steps)
			for workers := 2; workers <= 5; workers++ {
				l.workers = workers
				got := solve(l, p, size.steps)
				what := fmt.Sprintf("%s %v, %d workers, ", cell.kernel.Name(), size, workers)
				for name, pair := range map[string][2][]float32{
					"y": {got.y, want.y}, "h": {got.h, want.h}, "c": {got.c, want.c}, "dx": {got.dx, want.dx},
					"dh0": {got.dh0, want.dh0}, "dc0": {got.dc0, want.dc0},
					"dW": {got.gradients.w, want.gradients.w}, "dU": {got.gradients.u, want.gradients.u},
					"db": {got.gradients.b, want.gradients.b},
				} {
					checkEqual(t, what+name, pair[0], pair[1])
				}
			}
		}
	}
}

// BenchmarkWorkers times a layer of 512 units, 64 rows, on one worker and on two,
// in turns: ×one is how much faster two are, in the medians.
func BenchmarkWorkers(b *testing.B) {
	const steps, batch, width = 16, 64, 512
	x, y := make([]float32, steps*batch*width), make([]float32, steps*batch*width)
	run := func(workers int, backward bool) func() {
		l := must(NewLayer(lstmKernel{}, width, width, Workers(workers)))
		ws, s, g := must(l.NewWorkspace(steps, batch)), must(l.NewState(batch)), l.NewGradients()
		return func() {
			check(l.Forward(ws, s, x, y))
			if backward {
				check(l.Backward(ws, nil, y, x, g))
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
