package ir

import (
	"fmt"
	"slices"
)

// State is one vector, H wide, that a cell carries from step to step.
type State struct {
	Name        string
	Initial     float64 // at the start of a sequence
	Output      bool    // a layer returns it, and multiplies it by the recurrent weights
	Elementwise bool    // the graph reads s_{t-1}
}

// Description says what a cell is made of. Generated packages and the interpreter derive
// the runtime's kernel.Description from it.
type Description struct {
	Name   string
	Params []Param
	States []State
	Stages []Stage
}

// Param is a parameter: a matrix or a vector.
type Param struct {
	Name    string
	Shape   []string  // widths: rows and columns of a matrix, the length of a vector
	Initial string    // how the initial values are chosen
	Args    []float64 // of Initial
}

// Stage is a part of a cell's step: products, then the kernels on their slots.
type Stage struct {
	Slots    int // slots per unit
	Products []Product
	Saved    int // saved values per unit
}

// Product is the product of one operand with all parameters that multiply it. Slot
// First+i takes the sum over the parameters whose indices are in Sums[i].
type Product struct {
	Operand    string
	First      int
	Sums       [][]int
	Transposed bool
}

// Widths, initial values and operands, by their names in the runtime.
const (
	input, hidden           = "input", "hidden"
	glorotUniform, constant = "glorot_uniform", "constant"
	operandX, operandOne    = "x", "1"
)

// Leaves returns N, the number of leaves in the slots' sums.
func (f *Func) Leaves() int {
	n := 0
	for _, s := range f.Slots {
		for _, leaf := range slices.Concat(s.Input, s.Recurrent) {
			n = max(n, leaf+1)
		}
	}
	return n
}

// Describe returns the description of the cell whose forward graph this is. Leaf l has
// the parameters W_l and U_l and, if leaves have a bias, b_l. It panics if no state is
// the output.
func (f *Func) Describe(name string) *Description {
	d := &Description{Name: name, States: f.States}
	for leaf := range f.Leaves() {
		add := func(name, initial string, args []float64, shape ...string) {
			d.Params = append(d.Params, Param{fmt.Sprintf("%s%d", name, leaf), shape, initial, args})
		}
		add("W", glorotUniform, nil, hidden, input)
		add("U", glorotUniform, nil, hidden, hidden)
		if f.Bias {
			add("b", constant, []float64{0}, hidden)
		}
	}
	stage := Stage{Slots: len(f.Slots), Saved: f.Saved()}
	product := func(operand string, kind int, leaves func(Slot) []int) {
		p := Product{Operand: operand, First: -1}
		for i, slot := range f.Slots {
			if len(leaves(slot)) == 0 {
				continue
			}
			if p.First < 0 {
				p.First = i
			}
			var sum []int
			for _, leaf := range leaves(slot) {
				sum = append(sum, leaf*len(d.Params)/f.Leaves()+kind)
			}
			p.Sums = append(p.Sums, sum)
		}
		stage.Products = append(stage.Products, p)
	}
	product(operandX, 0, func(s Slot) []int { return s.Input })
	product(f.States[Output(f.States)].Name, 1, func(s Slot) []int { return s.Recurrent })
	if f.Bias {
		product(operandOne, 2, func(s Slot) []int { return s.Recurrent })
	}
	d.Stages = []Stage{stage}
	return d
}

// Output returns the place of the state that a layer returns.
func Output(states []State) int {
	i := slices.IndexFunc(states, func(s State) bool { return s.Output })
	if i < 0 {
		panic(fmt.Sprintf("ir: none of the states %v is the output", states))
	}
	return i
}
