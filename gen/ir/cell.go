package ir

import (
	"fmt"
	"slices"
	"strings"
)

// Cell is what the ports and slots of a cell's graphs refer to. All graphs of a cell share
// it, and none changes it.
type Cell struct {
	Sizes    []Size
	Params   []Param
	Inputs   []Input
	States   []State
	Operands []Operand
	Vectors  []Reading // the ports of kind Vector: indexes of Params
	Givens   []Reading // the ports of kind Given: 0 for x, 1+i for Inputs[i]
	Output   string    // the width of the output, if it is not a state
	Named    bool      // whether parameters are known by their names, and not as all of a kind
	Nodes    []string  // the names of nodes, if they have names
}

// NodeName returns how generated code refers to a value's node: by its name, or its number.
func (c *Cell) NodeName(v *Value) string {
	switch {
	case c.Nodes == nil:
		return fmt.Sprintf("node %d", v.Node)
	case v.Node == NoNode:
		return "step"
	}
	return c.Nodes[v.Node]
}

// Size is a width that the user of a layer gives, if Equal is "", or that must be equal to
// another.
type Size struct{ Name, Equal string }

// Param is a parameter: a matrix (rows, columns), a vector or a scalar.
type Param struct {
	Name    string
	Label   string    // in the text of slots; "" if it is not shown there
	Shape   []string  // widths: rows and columns of a matrix, the length of a vector
	Initial string    // how the initial values are chosen
	Args    []float64 // of Initial
}

// Input is what a cell reads in every step beside x.
type Input struct {
	Name  string
	Width string // "" for one number a row
}

// State is one vector that a cell carries from step to step.
type State struct {
	Name        string
	Width       string
	Initial     float64 // at the start of a sequence
	Output      bool    // a layer returns it
	Elementwise bool    // the graph reads s_{t-1}
}

// Operand is a value of the graph that products multiply.
type Operand struct{ Name, Width string }

// Reading is a parameter or an input that the graph reads elementwise in values of a
// width. One number, for all units or for a row's, may be read in several.
type Reading struct {
	Index int
	Width string
}

// Slot is one pre-activation, computed by matrix products before the graph, or the kernel
// of its stage, runs: the sum of its terms.
type Slot struct {
	Width string
	Terms []Term
}

// Term is the product of a parameter with an operand: x or another input (Given), a
// state s_{t-1} (Prev), or an operand of the graph. A term without one is a bias.
type Term struct {
	Param      int
	Operand    Port
	Transposed bool
}

// Widths, initial values and operands, by their names in the runtime.
const (
	WidthInput  = "input"
	WidthHidden = "hidden"

	GlorotUniform = "glorot_uniform"
	Constant      = "constant"

	operandX, operandOne = "x", "1"
)

// OperandName returns the name of what a term multiplies.
func (c *Cell) OperandName(p Port) string {
	switch p.Kind {
	case Given:
		return c.inputName(p.Index)
	case Prev:
		return c.States[p.Index].Name
	case Operands:
		return c.Operands[p.Index].Name
	}
	return operandOne
}

// inputName returns the name of x, which is input 0, or of another input.
func (c *Cell) inputName(i int) string {
	if i == 0 {
		return operandX
	}
	return c.Inputs[i-1].Name
}

// Width returns the width of the values that pass a port. It is "" for saved and carried
// values, which have any.
func (f *Func) Width(p Port) string {
	switch p.Kind {
	case SlotIn, DSlot:
		return f.Slots[p.Index].Width
	case Prev, Next, DPrev, DNext:
		return f.States[p.Index].Width
	case Operands, DOperands:
		return f.Operands[p.Index].Width
	case Vector, DVector:
		return f.Vectors[p.Index].Width
	case Given, DGiven:
		return f.Givens[p.Index].Width
	case Output, DOutput:
		return f.Output
	}
	return ""
}

// Widths returns the width of every value. A constant has the width "", for any.
func (f *Func) Widths() map[*Value]string {
	widths := make(map[*Value]string, len(f.Values))
	for _, v := range f.Values {
		widths[v] = f.Width(v.Port)
		for _, a := range v.Args {
			if w := widths[a]; w != "" {
				widths[v] = w
			}
		}
	}
	return widths
}

// multiplied returns how many values of a kind products may multiply.
func (c *Cell) multiplied(kind PortKind) int {
	return map[PortKind]int{Given: 1 + len(c.Inputs), Prev: len(c.States), Operands: len(c.Operands)}[kind]
}

// operandWidth returns the width of what a term multiplies.
func (c *Cell) operandWidth(p Port) string {
	switch p.Kind {
	case Prev:
		return c.States[p.Index].Width
	case Operands:
		return c.Operands[p.Index].Width
	}
	return c.givenWidth(p.Index)
}

// givenWidth returns the width of an input, "" for one number a row. The width of x, input 0,
// may be declared equal to any: it is "" here.
func (c *Cell) givenWidth(i int) string {
	if i == 0 {
		return ""
	}
	return c.Inputs[i-1].Width
}

// vectorWidth returns the width of a parameter that is read elementwise, "" for one number.
func (c *Cell) vectorWidth(i int) string { return strings.Join(c.Params[i].Shape, "×") }

// Sum returns a slot's pre-activation as equations show it.
func (f *Func) Sum(slot int) string {
	var terms []string
	for _, t := range f.Slots[slot].Terms {
		name, operand := f.Params[t.Param].Name, f.OperandName(t.Operand)
		if t.Transposed {
			name += ".T"
		}
		switch {
		case t.Operand.Kind == NoPort:
			terms = append(terms, name)
		case f.Named:
			terms = append(terms, name+" @ "+operand)
		default:
			terms = append(terms, operand+"·"+name)
		}
	}
	return strings.Join(terms, " + ")
}

// OutputState returns the place of the state that a layer returns, or -1.
func OutputState(states []State) int {
	return slices.IndexFunc(states, func(s State) bool { return s.Output })
}

// Leaves formats a list of leaves as in {2,3}.
func Leaves(leaves []int) string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint(leaves), " ", ","), "[]") + "}"
}
