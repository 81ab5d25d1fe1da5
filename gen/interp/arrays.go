package interp

import (
	"math"
	"math/bits"
)

// Role is what an array is in a run.
type Role int

// The roles. Arrays of states have the order of the cell's states, and arrays of inputs and
// parameters have theirs. A width stands below for the number of units that it names; D is
// the input's, H the hidden units'.
//
// A cell whose parameters have no names has W, U and Bias, in TensorFlow's layout, its N leaves
// side by side; the cotangent of its output state is given in every step. All other cells
// have Parameter, and for the output DOutput.
const (
	X         Role = iota // the input, [T][B][D]
	Initial               // s_0 of each state, [B][width]
	W                     // the kernel, [D][N·H]
	U                     // the recurrent kernel, [H][N·H]
	Cotangent             // of a state in the last step, [B][width]; of the output in every step, [T][B][H]
	Bias                  // b, [N·H], [0] without one; last, so that draws of the others do not depend on it
	Next                  // s_t of each state in every step, [T][B][width]
	Beside                // an input beside x, [T][B][width or 1]
	Parameter             // a matrix [rows][columns], a vector [width] or a scalar []
	DOutput               // the cotangent of the output in every step, [T][B][width]
	Output                // the output in every step, [T][B][width]
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

// rows returns the data of the arrays of a role as rows.
func (list Arrays) rows(role Role) []rows {
	var all []rows
	for _, a := range list {
		if a.Role == role {
			all = append(all, rows{a.Data, a.Shape[len(a.Shape)-1]})
		}
	}
	return all
}

// rows is an array, cut into rows of a width.
type rows struct {
	data  []float64
	width int
}

func newRows(n, width int) rows { return rows{make([]float64, n*width), width} }

func (r rows) row(i int) []float64 { return r.data[i*r.width:][:r.width] }
