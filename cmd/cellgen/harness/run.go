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
	r, err := newRunner(build, in)
	if err != nil {
		return nil, err
	}
	states, stepped, err := r.steps()
	if err != nil {
		return nil, err
	}
	for _, first := range []int{in.Steps / 2, 0} { // whole last: backward needs it
		y, last, err := r.chunks(first)
		if err != nil {
			return nil, err
		}
		if runtime.Ordered() && !r.agree(states, stepped, y, last) {
			return nil, fmt.Errorf("a sequence in chunks of %d and %d steps differs from step by step", first, in.Steps-first)
		}
	}
	out := in.NewOutputs()
	for i := range out.Y {
		out.Y[i].Data = widen(stepped)
	}
	for i, s := range states {
		out.States[i].Data = widen(s)
	}
	return out, r.backward(out.Gradients)
}

type runner struct {
	*interp.Inputs
	layer  *runtime.Layer
	ws     *runtime.Workspace
	x      []float32
	beside map[string][]float32 // the inputs beside x
}

// newRunner builds the layer, and gives it the weights.
func newRunner(build New, in *interp.Inputs) (*runner, error) {
	var options []runtime.Option
	for name, units := range in.Widths {
		options = append(options, runtime.Width(name, units))
	}
	layer, err := build(in.Input, in.Hidden, options...)
	if err != nil {
		return nil, err
	}
	if err := layer.Import(weights(in)); err != nil {
		return nil, err
	}
	r := &runner{Inputs: in, layer: layer, x: narrow(in.Of(interp.X)[0]), beside: make(map[string][]float32)}
	for i, values := range in.Of(interp.Beside) {
		r.beside[in.Cell.Inputs[i].Name] = narrow(values)
	}
	r.ws, err = layer.NewWorkspace(in.Steps, in.Batch)
	return r, err
}

// weights returns the parameters as the layer takes them.
func weights(in *interp.Inputs) (w runtime.Weights) {
	if !in.Named {
		return runtime.Weights{Kernel: narrow(in.Of(interp.W)[0]), Recurrent: narrow(in.Of(interp.U)[0]), Bias: narrow(in.Of(interp.Bias)[0])}
	}
	w.Params = make(map[string][]float32)
	for i, values := range in.Of(interp.Parameter) {
		w.Params[in.Params[i].Name] = narrow(values)
	}
	return w
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

// steps returns each state and the output after every step.
func (r *runner) steps() (states [][]float32, y []float32, err error) {
	s, err := r.state(r.Of(interp.Initial))
	if err != nil {
		return nil, nil, err
	}
	states, y = make([][]float32, len(r.States)), make([]float32, r.Steps*r.units())
	for t := range r.Steps {
		if err := r.layer.Step(r.ws, s, r.given(t, t+1), y[t*r.units():][:r.units()]); err != nil {
			return nil, nil, err
		}
		for i, state := range r.States {
			states[i] = append(states[i], s.Of(state.Name)...)
		}
	}
	return states, y, nil
}

// units returns how many values the output has in a step.
func (r *runner) units() int { return r.Batch * r.layer.Output() }

// given returns x in some steps, and sets the inputs beside it.
func (r *runner) given(from, to int) []float32 {
	part := func(values []float32) []float32 {
		n := len(values) / r.Steps
		return values[from*n : to*n]
	}
	for name, values := range r.beside {
		copy(r.ws.Input(name), part(values))
	}
	return part(r.x)
}

// chunks returns the output after every step and the last state, of a run whose
// first chunk has the given number of steps, which may be 0.
func (r *runner) chunks(first int) ([]float32, *runtime.State, error) {
	s, err := r.state(r.Of(interp.Initial))
	if err != nil {
		return nil, nil, err
	}
	y, at := make([]float32, r.Steps*r.units()), first*r.units()
	if first > 0 {
		if err := r.layer.Forward(r.ws, s, r.given(0, first), y[:at]); err != nil {
			return nil, nil, err
		}
	}
	return y, s, r.layer.Forward(r.ws, s, r.given(first, r.Steps), y[at:])
}

// agree reports whether the output after every step and the last state are what they are step
// by step.
func (r *runner) agree(states [][]float32, stepped, y []float32, last *runtime.State) bool {
	for i, state := range r.States {
		s := last.Of(state.Name)
		if !slices.EqualFunc(s, states[i][len(states[i])-len(s):], sameBits) {
			return false
		}
	}
	if i := r.Output(); i >= 0 && !slices.EqualFunc(y, states[i], sameBits) {
		return false
	}
	return slices.EqualFunc(y, stepped, sameBits)
}

// backward computes the gradients, in the order of their list.
func (r *runner) backward(gradients interp.Arrays) error {
	last := r.Of(interp.Cotangent)
	var dy []float32
	if r.Named {
		dy = narrow(r.Of(interp.DOutput)[0])
	} else {
		dy = narrow(last[r.Output()])
		last[r.Output()] = nil // that is dy
	}
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
	for _, input := range r.Cell.Inputs {
		values = append(values, r.ws.InputGradient(input.Name))
	}
	for _, state := range r.States {
		values = append(values, ds.Of(state.Name))
	}
	if !r.Named {
		values = append(values, w.Kernel, w.Recurrent, w.Bias)
	}
	for _, p := range r.Params {
		if r.Named {
			values = append(values, w.Params[p.Name])
		}
	}
	for i, v := range values {
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
