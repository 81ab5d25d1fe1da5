package interp

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// Size is the size of a run over a sequence: T, B, D and H.
type Size struct{ Steps, Batch, Input, Hidden int }

// Role is what an array is in a run.
type Role int

// The roles, in the order of a run's arrays. Arrays of states have the order of the
// cell's states. Weights are in TensorFlow's layout, a cell's N leaves side by side.
const (
	X         Role = iota // the input, [T][B][D]
	Initial               // s_0 of each state, [B][H]
	W                     // the kernel, [D][N·H]
	U                     // the recurrent kernel, [H][N·H]
	Cotangent             // of the output in every step, [T][B][H]; of other states in the last, [B][H]
	Bias                  // b, [N·H], [0] without one; last, so that draws of the others do not depend on it
	Next                  // s_t of each state in every step, [T][B][H]
)

// Array is one of the arrays of a run, row-major.
type Array struct {
	Name  string
	Role  Role
	Shape []int
	Data  []float64
}

// Len returns how many values there are in an array of this shape: math.MaxInt, which no
// array has, if there are more than an int holds.
func (a Array) Len() int {
	n := uint64(1)
	for _, width := range a.Shape {
		high, low := bits.Mul64(n, uint64(width))
		if high != 0 || low > math.MaxInt {
			n = math.MaxInt
			continue // a width may still be 0
		}
		n = low
	}
	return int(n)
}

// Arrays is an ordered list of arrays.
type Arrays []Array

// Of returns the data of the arrays of a role: one of each state, or one alone.
func (list Arrays) Of(role Role) [][]float64 {
	var data [][]float64
	for _, a := range list {
		if a.Role == role {
			data = append(data, a.Data)
		}
	}
	return data
}

func (list *Arrays) add(role Role, name string, shape ...int) {
	*list = append(*list, Array{Name: name, Role: role, Shape: shape})
}

// Inputs is what a run over a sequence takes: all arrays except those of [Next].
type Inputs struct {
	Size
	States []ir.State
	Arrays Arrays
}

// NewInputs returns the inputs of a cell, by any of its graphs. Their data is yet to
// be given.
func NewInputs(f *ir.Func, s Size) *Inputs {
	in := &Inputs{Size: s, States: f.States}
	list, width := &in.Arrays, f.Leaves()*s.Hidden
	list.add(X, "x", s.Steps, s.Batch, s.Input)
	for _, state := range f.States {
		list.add(Initial, state.Name+"0", s.Batch, s.Hidden)
	}
	list.add(W, "kernel", s.Input, width)
	list.add(U, "recurrent_kernel", s.Hidden, width)
	for _, state := range f.States {
		if state.Output {
			list.add(Cotangent, "d"+state.Name+"_out", s.Steps, s.Batch, s.Hidden)
		} else {
			list.add(Cotangent, "d"+state.Name+"_last", s.Batch, s.Hidden)
		}
	}
	if !f.Bias {
		width = 0
	}
	list.add(Bias, "bias_values", width)
	return in
}

// Of returns the data of the inputs of a role; see [Arrays.Of].
func (in *Inputs) Of(role Role) [][]float64 { return in.Arrays.Of(role) }

// Output returns the place of the state that a layer returns.
func (in *Inputs) Output() int { return ir.Output(in.States) }

// Variables returns the inputs that a run differentiates by: all except cotangents.
func (in *Inputs) Variables() Arrays {
	return slices.DeleteFunc(slices.Clone(in.Arrays), func(a Array) bool { return a.Role == Cotangent })
}

// Outputs is what a run yields: the states after every step, and the gradients of
// Σ cotangent·state in the inputs' variables, each with the role of its variable.
type Outputs struct {
	States    Arrays
	Gradients Arrays
	Kink      float64 // how near a derivative was to a jump; see Machine.Kink
}

// All returns the states and then the gradients.
func (out *Outputs) All() Arrays { return slices.Concat(out.States, out.Gradients) }

// NewOutputs returns the outputs of a run on the inputs. Their data is yet to be
// given.
func (in *Inputs) NewOutputs() *Outputs {
	out := new(Outputs)
	for _, state := range in.States {
		out.States.add(Next, state.Name, in.Steps, in.Batch, in.Hidden)
	}
	for _, a := range in.Variables() {
		out.Gradients.add(a.Role, "d"+strings.TrimSuffix(a.Name, "_values"), a.Shape...)
	}
	return out
}
