package kernel

// Description says what a cell is made of.
type Description struct {
	Name     string // of the cell, for messages
	Source   string // what cellgen compiled, in its canonical form without comments; "" if the cell is of another origin
	Dims     []Size
	Params   []Param
	Inputs   []ExtraInput // beside x
	States   []State
	Operands []Operand
	Stages   []Stage // of a time step, in order
	Output   Dim     // the width of the output, if it is not a state
	Named    bool    // whether files have each parameter by its own name, instead of all of a kind side by side
}

// Dim names a width, for which a layer has a number, or is a number.
type Dim string

// Size is a width that the user of a layer must give, if Equal is "", or that must be equal to
// another. All widths besides Input and Hidden have one.
type Size struct{ Name, Equal Dim }

// ExtraInput is what a cell reads in every step beside x. Its name is not that of a state.
type ExtraInput struct {
	Name  string
	Width Dim // "" for one number a row
}

// Operand is a vector that kernels compute and products of later stages, in the same step,
// multiply. Its name is not that of an input or a state.
type Operand struct {
	Name  string
	Width Dim
}

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
	Name string    // one of the names below
	Args []float64 // as many as the name wants
}

// The names of initial values, with their arguments. Fan-in is the number of columns of a
// matrix, fan-out the number of its rows.
const (
	GlorotUniform = "glorot_uniform" // Glorot & Bengio 2010, formula 16: in ±√(6/(fan-in + fan-out))
	GlorotNormal  = "glorot_normal"  // the same, formula 12: variance 2/(fan-in + fan-out)
	HeUniform     = "he_uniform"     // He et al. 2015, arXiv:1502.01852, formula 10: in ±√(6/fan-in)
	HeNormal      = "he_normal"      // the same: variance 2/fan-in
	LeCunNormal   = "lecun_normal"   // LeCun et al. 1998, "Efficient BackProp", formula 16: variance 1/fan-in
	Orthogonal    = "orthogonal"     // Saxe et al. 2014, arXiv:1312.6120: orthonormal rows, columns or both
	Identity      = "identity"       // Le et al. 2015, arXiv:1504.00941: 1 on the diagonal, 0 elsewhere
	FanUniform    = "fan_uniform"    // in ±1/√fan-in, as PyTorch's Linear
	Uniform       = "uniform"        // (a): in ±a; (a, b): from a to b
	Normal        = "normal"         // (s): mean 0, standard deviation s
	Linspace      = "linspace"       // (a, b): from a to b in equal steps, one value a unit
	LogUniform    = "log_uniform"    // (a, b): from a to b, its logarithm uniform
	Constant      = "constant"       // (a): one value
)

// Matrix describes a matrix (rows, columns).
func Matrix(name string, rows, cols Dim, initial string, args ...float64) Param {
	return Param{name, []Dim{rows, cols}, Initial{initial, args}}
}

// Vector describes a vector with one value for each unit.
func Vector(name string, width Dim, initial string, args ...float64) Param {
	return Param{name, []Dim{width}, Initial{initial, args}}
}

// Scalar describes a scalar, which begins with a value.
func Scalar(name string, value float64) Param {
	return Param{name, nil, Initial{Constant, []float64{value}}}
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
//
// Stages of one width, batched or not, have the same Saved, Carried and Vectors: they share the
// rows. Each state, each operand and the output is written by one stage, of its width, and the
// cotangent of each s_{t−1}, vector and input in a width by one.
type Stage struct {
	Width    Dim // number of its units
	Slots    int // number of pre-activations per unit
	Products []Product
	Saved    int // values per unit that Forward keeps for Backward and for later stages

	Batched  bool  // it depends on no state except those that batched stages write: many steps may be computed before other stages
	Vectors  []int // the vectors and scalars that kernels read, indexes into Description.Params
	Inputs   []int // the inputs that the kernels read elementwise: 0 for x, 1+i for Description.Inputs[i]
	States   []int // whose s_t Forward writes, indexes into Description.States; nil stands for all if there is one stage
	Operands []int // that Forward writes, indexes into Description.Operands
	Output   bool  // whether Forward writes the output, which is not a state
	DVectors []int // indexes into Vectors, whose cotangents Backward writes behind those of the tile
	DInputs  []int // of Inputs, whose cotangents Backward writes
	DStates  []int // whose s_{t−1} have a cotangent that Backward writes; nil stands for all that are Elementwise if there is one stage
	Carried  int   // values per unit that Backward keeps for stages before
}

// Product is everything that multiplies one operand. Its results go to consecutive slots,
// from First on: Sums[i] lists the parameters whose products with the operand are summed
// into slot First+i. The parameters that multiply [One] are vectors, biases. A stage may have
// several products with the same operand.
type Product struct {
	Operand    string // X, One, an input, an operand, or the name of a state, which stands for s_{t−1}
	First      int
	Sums       [][]int // for each slot, indexes into Description.Params
	Transposed bool    // the parameters' transposes multiply the operand
}

// The operands that are not states.
const (
	X   = "x" // the input
	One = "1" // the constant 1, for biases
)
