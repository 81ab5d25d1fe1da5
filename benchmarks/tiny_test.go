package benchmarks

import (
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

// TestTinyNumbersTakeNoLonger measures, on every backend, Backward with cotangents that
// decay below what counts, against ones that do not, and steps from states and inputs that
// are denormals, against larger ones: at most 1.3 times as long, in the best of five tries.
// (Where processors are quick with denormals, it would pass without the rule.)
func TestTinyNumbersTakeNoLonger(t *testing.T) {
	if testing.Short() {
		t.Skip("measured only in full runs")
	}
	defer func(backend string) { check(runtime.UseBackend(backend)) }(runtime.Backend())
	for _, backend := range runtime.Backends() {
		check(runtime.UseBackend(backend))
		for what, runs := range map[string][2]func(){
			"cotangents": {decaying(1e20), decaying(0.01)},
			"state":      {stepFrom(0.5, 0), stepFrom(1e-39, 0)},
			"input":      {stepFrom(0, 0.5), stepFrom(0, 1e-39)},
		} {
			var seen []float64
			for len(seen) < 5 && (len(seen) == 0 || seen[len(seen)-1] > 1.3) {
				seen = append(seen, alternate(runs[0], runs[1]))
			}
			if seen[len(seen)-1] > 1.3 {
				t.Errorf("%s: tiny %s take %.2f times as long", backend, what, seen)
			}
		}
	}
}

// decaying returns a Backward of 200 steps of an LSTM with a cotangent at the last alone.
func decaying(cotangent float32) func() {
	const steps, batch, input, hidden = 200, 8, 64, 128
	l := must(lstm.New(input, hidden))
	ws, s := must(l.NewWorkspace(steps, batch)), must(l.NewState(batch))
	x, y, dy := make([]float32, steps*batch*input), make([]float32, steps*batch*hidden), make([]float32, steps*batch*hidden)
	random := rand.New(rand.NewPCG(1, 39))
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
	last := dy[(steps-1)*batch*hidden:]
	for i := range last {
		last[i] = cotangent
	}
	check(l.Forward(ws, s, x, y))
	g := l.Params("lstm").WithGradients()
	return func() { check(l.Backward(ws, nil, dy, nil, g)) }
}

// stepFrom returns a step of an LSTM from a state, and an input, of equal numbers.
func stepFrom(state, input float32) func() {
	const batch, width, hidden = 16, 64, 128
	l := must(lstm.New(width, hidden))
	ws, s := must(l.NewWorkspace(1, batch)), must(l.NewState(batch))
	x := make([]float32, batch*width)
	for i := range x {
		x[i] = input
	}
	return func() {
		for _, name := range s.Names() {
			values := s.Of(name)
			for i := range values {
				values[i] = state
			}
		}
		check(l.Step(ws, s, x, nil))
	}
}

func must[V any](v V, err error) V {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
