package kernel

// Description says what a cell is made of.
type Description struct {
	Name   string // of the cell, for messages
	Params []Param
	States []State
	Stages []Stage // of a time step, in order
}

// Dim names a width, for which a layer has a number.
type Dim string

// The widths that every cell has.
const (
	Input  Dim = "input"  // D
	Hidden Dim = "hidden" // H
)

// Param is a parameter: a matrix (rows, columns), which multiplies a vector with one value
// for each of its columns; a vector with one value for each unit; or a scalar.
type Param struct {
	Name    string
	Shape   []Dim // two for a matrix, one for a vector, none for a scalar
	Initial Initial
}

// Initial says how the initial values of a parameter are drawn, or which value they have.
type Initial struct {
	Name string    // GlorotUniform or Constant
	Args []float64 // the value of a Constant
}

// The names of initial values.
const (
	GlorotUniform = "glorot_uniform" // Glorot & Bengio 2010, formula 16
	Constant      = "constant"       // one value, the argument
)

// Matrix describes a matrix (rows, columns).
func Matrix(name string, rows, cols Dim, initial string, args ...float64) Param {
	return Param{name, []Dim{rows, cols}, Initial{initial, args}}
}

// Vector describes a vector with one value for each unit.
func Vector(name string, width Dim, initial string, args ...float64) Param {
	return Param{name, []Dim{width}, Initial{initial, args}}
}

// State is what a cell carries from step to step.
type State struct {
	Name        string
	Width       Dim
	Initial     float64 // at the start of a sequence
	Output      bool    // whether it is the output y_t of a layer
	Elementwise bool    // whether kernels read s_{t−1} and write its cotangent
}

// Stage is a part of a time step: products whose operands are known by then, followed by a
// call of the kernel for each block of units. A slot is one pre-activation of a unit, a sum
// of products.
type Stage struct {
	Width    Dim // number of its units
	Slots    int // number of pre-activations per unit
	Products []Product
	Saved    int // values per unit that Forward keeps for Backward
}

// Product is everything that multiplies one operand. Its results go to consecutive slots,
// from First on: Sums[i] lists the parameters whose products with the operand are summed
// into slot First+i. The parameters that multiply [One] are vectors, biases.
type Product struct {
	Operand string // X, One, or the name of a state, which stands for s_{t−1}
	First   int
	Sums    [][]int // for each slot, indexes into Description.Params
}

// The operands that are not states.
const (
	X   = "x" // the input
	One = "1" // the constant 1, for biases
)
