package interp

import (
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// Inputs is what a run over a sequence takes: all arrays except [Next] and [Output].
type Inputs struct {
	Size
	ir.Cell
	Arrays Arrays
}

// NewInputs returns the inputs of a cell, by any of its graphs. Their data is yet to be
// given, except for the initial states of a cell whose parameters have names: they are as the
// cell declares them. Input and Hidden become what the cell wants if it wants them equal to
// another width. NewInputs panics if a width of the cell is not given.
func NewInputs(f *ir.Func, s Size) *Inputs {
	s.Input, s.Hidden = s.width(&f.Cell, ir.WidthInput), s.width(&f.Cell, ir.WidthHidden)
	in := &Inputs{Size: s, Cell: f.Cell}
	if f.Named {
		in.named()
	} else {
		in.leaves()
	}
	return in
}

// leaves makes the arrays of a cell whose parameters have no names.
func (in *Inputs) leaves() {
	list, width, biases := &in.Arrays, Leaves(&in.Cell)*in.Hidden, 0
	list.add(X, "x", in.Steps, in.Batch, in.Input)
	in.initial()
	list.add(W, "kernel", in.Input, width)
	list.add(U, "recurrent_kernel", in.Hidden, width)
	for _, state := range in.States {
		if state.Output {
			list.add(Cotangent, "d"+state.Name+"_out", in.Steps, in.Batch, in.Width(state.Width))
		} else {
			list.add(Cotangent, "d"+state.Name+"_last", in.Batch, in.Width(state.Width))
		}
	}
	if slices.ContainsFunc(in.Params, isBias) {
		biases = width
	}
	list.add(Bias, "bias_values", biases)
}

// named makes the arrays of a cell whose parameters have names.
func (in *Inputs) named() {
	list := &in.Arrays
	list.add(X, "x", in.Steps, in.Batch, in.Input)
	for _, input := range in.Cell.Inputs {
		list.add(Beside, input.Name, in.Steps, in.Batch, in.numbers(&in.Cell, input.Width))
	}
	in.initial()
	in.start()
	for _, p := range in.Params {
		list.add(Parameter, p.Name, in.shape(&in.Cell, p.Shape)...)
	}
	list.add(DOutput, "dy", in.Steps, in.Batch, in.outputWidth())
	for _, state := range in.States {
		list.add(Cotangent, "d"+state.Name+"_last", in.Batch, in.Width(state.Width))
	}
}

// initial adds the arrays of the initial states.
func (in *Inputs) initial() {
	for _, state := range in.States {
		in.Arrays.add(Initial, state.Name+"0", in.Batch, in.Width(state.Width))
	}
}

// start gives initial states the values that the cell declares.
func (in *Inputs) start() {
	first := len(in.Arrays) - len(in.States)
	for i, state := range in.States {
		a := &in.Arrays[first+i]
		a.Data = make([]float64, a.Len())
		fill(a.Data, state.Initial)
	}
}

// Of returns the data of the inputs of a role; see [Arrays.Of].
func (in *Inputs) Of(role Role) [][]float64 { return in.Arrays.Of(role) }

// Output returns the place of the state that a layer returns, or -1 if the output is not a
// state.
func (in *Inputs) Output() int { return ir.OutputState(in.States) }

// Width returns how many units a width of the cell names. It panics if that is not known.
func (in *Inputs) Width(name string) int { return in.width(&in.Cell, name) }

// outputWidth returns how many units the output has.
func (in *Inputs) outputWidth() int {
	if i := in.Output(); i >= 0 {
		return in.Width(in.States[i].Width)
	}
	return in.Width(in.Cell.Output)
}

// Variables returns the inputs that a run differentiates by: all except cotangents.
func (in *Inputs) Variables() Arrays {
	return slices.DeleteFunc(slices.Clone(in.Arrays), func(a Array) bool { return a.Role == Cotangent || a.Role == DOutput })
}

// Outputs is what a run yields: the output and the states after every step, and the gradients
// of the inputs' Loss in its variables, each with the role of its variable.
type Outputs struct {
	Y         Arrays // the output; none if the parameters have no names, for it is a state
	States    Arrays
	Gradients Arrays
	Kink      float64 // how near a derivative was to a jump; see Machine.Kink
}

// All returns the output, the states and then the gradients.
func (out *Outputs) All() Arrays { return slices.Concat(out.Y, out.States, out.Gradients) }

// NewOutputs returns the outputs of a run on the inputs. Their data is yet to be given.
func (in *Inputs) NewOutputs() *Outputs {
	out := new(Outputs)
	if in.Named {
		out.Y.add(Output, "y", in.Steps, in.Batch, in.outputWidth())
	}
	for _, state := range in.States {
		out.States.add(Next, state.Name, in.Steps, in.Batch, in.Width(state.Width))
	}
	for _, a := range in.Variables() {
		name := a.Name
		if a.Role == Bias {
			name = strings.TrimSuffix(name, "_values")
		}
		out.Gradients.add(a.Role, "d"+name, a.Shape...)
	}
	return out
}

// Loss is what a run differentiates: Σ cotangent·value, of the output in every step and of
// states in the last.
func (in *Inputs) Loss(out *Outputs) float64 {
	sum := 0.0
	add := func(cotangents, values [][]float64) {
		for i, d := range cotangents {
			for j, v := range values[i][len(values[i])-len(d):] {
				sum += d[j] * v
			}
		}
	}
	add(in.Of(DOutput), out.Y.Of(Output))
	add(in.Of(Cotangent), out.States.Of(Next))
	return sum
}
