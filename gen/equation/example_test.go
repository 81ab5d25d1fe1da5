package equation_test

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/equation"
)

const source = `cell Leaky "a leaky integrator"
const  a = 0.5
state  h
matrix W (hidden, input) = glorot_uniform
h' = a * h + W @ x
output h'
`

func ExampleRead() {
	cell, err := equation.Read("leaky.cell", []byte(source))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range cell.Symbols {
		fmt.Println(s.Kind, s.Name, s.Shape)
	}
	// Output:
	// input x input
	// const a one number
	// state h hidden
	// matrix W hidden×input
}

func ExampleRead_mistakes() {
	_, err := equation.Read("leaky.cell", []byte("cell Leaky\nstate h\nmatrix W (hidden, input)\nh = 0.5 * h + W * x\noutput hh"))
	fmt.Println(err)
	// Output:
	// leaky.cell:2:1: state h is never updated: there is no equation for h'
	// leaky.cell:3:1: matrix W has no initial value: write one, such as "= glorot_uniform"
	// leaky.cell:4:1: h is a state: its next value is written h'
	// leaky.cell:4:15: W is a matrix: write W @ (…)
	// leaky.cell:5:8: unknown name "hh" (did you mean "h"?)
}

func ExampleFormat() {
	text, err := equation.Format("a.cell", []byte("cell A\nstate h c\nscalar decay=1 # learned\nc'=decay*c+x\nh'=tanh( c' )\noutput h'"))
	fmt.Print(string(text), err)
	// Output:
	// cell A
	// state  h c
	// scalar decay = 1  # learned
	// c' = decay * c + x
	// h' = tanh(c')
	// output h'
	// <nil>
}

func ExampleCell_Evaluate() {
	cell, err := equation.Read("leaky.cell", []byte(source))
	if err != nil {
		fmt.Println(err)
		return
	}
	y, last, err := cell.Evaluate(equation.Sequence{
		Steps: 3, Batch: 1,
		Widths:     map[string]int{"hidden": 2, "input": 1},
		X:          []float64{1, 0, 0},
		Parameters: map[string][]float64{"W": {4, 8}},
	})
	fmt.Println(y, last["h"], err)
	// Output:
	// [4 8 2 4 1 2] [1 2] <nil>
}
