package harness

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/runtime"
)

// Run takes a layer over the sequence step by step, in two chunks and whole,
// requires that the three agree bit for bit, where the backend's sums are
// Ordered, and goes back.
func Run(build New, in *interp.Inputs) (*interp.Outputs, error) {
	layer, err := build(in.Input, in.Hidden)
	if err != nil {
		return nil, err
	}
	w := runtime.Weights{Kernel: narrow(in.Of(interp.W)[0]), Recurrent: narrow(in.Of(interp.U)[0]), Bias: narrow(in.Of(interp.Bias)[0])}
	if err := layer.Import(w); err != nil {
		return nil, err
	}
	ws, err := layer.NewWorkspace(in.Steps, in.Batch)
	if err != nil {
		return nil, err
	}
	r := &runner{Inputs: in, layer: layer, ws: ws, x: narrow(in.Of(interp.X)[0])}
	states, err := r.steps()
	if err != nil {
		return nil, err
	}
	for _, first := range []int{in.Steps / 2, 0} { // whole last: backward needs it
		y, last, err := r.chunks(first)
		if err != nil {
			return nil, err
		}
		if runtime.Ordered() && !r.agree(states, y, last) {
			return nil, fmt.Errorf("a sequence in chunks of %d and %d steps differs from step by step", first, in.Steps-first)
		}
	}
	out := in.NewOutputs()
	for i, s := range states {
		out.States[i].Data = widen(s)
	}
	return out, r.backward(out.Gradients)
}

type runner struct {
	*interp.Inputs
	layer *runtime.Layer
	ws    *runtime.Workspace
	x     []float32
}

// state returns a state of the values of each of the cell's states, zeros for nil.
func (r *runner) state(values [][]float64) (*runtime.State, error) {
	s, err := r.layer.NewState(r.Batch)
	if err != nil {
		return nil, err
	}
	s.Zero()
	for i, v := range values {
		copy(s.Of(r.States[i].Name), narrow(v))
	}
	return s, nil
}

// steps returns each state after every step.
func (r *runner) steps() ([][]float32, error) {
	s, err := r.state(r.Of(interp.Initial))
	if err != nil {
		return nil, err
	}
	states, width := make([][]float32, len(r.States)), r.Batch*r.Input
	for t := range r.Steps {
		if err := r.layer.Step(r.ws, s, r.x[t*width:][:width], nil); err != nil {
			return nil, err
		}
		for i, state := range r.States {
			states[i] = append(states[i], s.Of(state.Name)...)
		}
	}
	return states, nil
}

// chunks returns the output after every step and the last state, of a run whose
// first chunk has the given number of steps, which may be 0.
func (r *runner) chunks(first int) ([]float32, *runtime.State, error) {
	s, err := r.state(r.Of(interp.Initial))
	if err != nil {
		return nil, nil, err
	}
	units := r.Batch * r.Hidden
	y := make([]float32, r.Steps*units)
	x := r.x
	at := first * units
	if first > 0 {
		if err := r.layer.Forward(r.ws, s, x[:first*r.Batch*r.Input], y[:at]); err != nil {
			return nil, nil, err
		}
	}
	return y, s, r.layer.Forward(r.ws, s, x[first*r.Batch*r.Input:], y[at:])
}

// agree reports whether the output after every step and the last state are those of
// the states after every step.
func (r *runner) agree(states [][]float32, y []float32, last *runtime.State) bool {
	for i, state := range r.States {
		s := last.Of(state.Name)
		if !slices.EqualFunc(s, states[i][len(states[i])-len(s):], sameBits) {
			return false
		}
	}
	return slices.EqualFunc(y, states[r.Output()], sameBits)
}

// backward computes the gradients, in the order of their list.
func (r *runner) backward(gradients interp.Arrays) error {
	last := r.Of(interp.Cotangent)
	dy := narrow(last[r.Output()])
	last[r.Output()] = nil // that is dy
	ds, err := r.state(last)
	if err != nil {
		return err
	}
	dx, params := make([]float32, len(r.x)), r.layer.Params("layer").WithGradients()
	if err := r.layer.Backward(r.ws, ds, dy, dx, params); err != nil {
		return err
	}
	w, err := r.layer.Gradients(params)
	if err != nil {
		return err
	}
	values := [][]float32{dx}
	for _, state := range r.States {
		values = append(values, ds.Of(state.Name))
	}
	for i, v := range append(values, w.Kernel, w.Recurrent, w.Bias) {
		gradients[i].Data = widen(v)
	}
	return nil
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

// narrow returns nil for no values, as for the bias of a cell without one.
func narrow(x []float64) []float32 {
	if len(x) == 0 {
		return nil
	}
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
