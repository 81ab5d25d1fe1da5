package benchmarks

import (
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

// tinyGates are, on every backend, a Backward with cotangents that decay below what counts,
// against ones that do not, and steps from states and inputs that are denormals, against
// larger ones: at most 1.3 times as long. (Where a processor is quick with denormals, they
// would pass without the rule.)
func tinyGates() map[string]gate {
	gates := make(map[string]gate)
	for _, backend := range runtime.Backends() {
		for what, runs := range map[string]struct{ other, tiny func() func() }{
			"cotangents": {func() func() { return decaying(1e20) }, func() func() { return decaying(0.01) }},
			"states":     {func() func() { return stepFrom(0.5, 0) }, func() func() { return stepFrom(1e-39, 0) }},
			"inputs":     {func() func() { return stepFrom(0, 0.5) }, func() func() { return stepFrom(0, 1e-39) }},
		} {
			gates[what+" to tiny ones on "+backend] = gate{1 / 1.3, func(*testing.T) float64 {
				defer func(before string) { check(runtime.UseBackend(before)) }(runtime.Backend())
				check(runtime.UseBackend(backend))
				return alternate(runs.tiny(), runs.other())
			}}
		}
	}
	return gates
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
