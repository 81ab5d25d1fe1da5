// Package onnx writes cells as ONNX models (opset 17): a layer is a Scan, whose body is the cell's
// graph of a step, or one of ONNX's own recurrent operators. Which operators of ONNX an operator of
// a cell becomes stands in its row of the operator table.
//
// A model's bytes depend on nothing else than what it is made of.
package onnx

// What every model says about itself.
const (
	irVersion = 8
	Opset     = 17 // of the operators
	Producer  = "cellgen"
)

// Model is a file.
type Model struct {
	Version string // of the producer
	Doc     string
	Graph   *Graph
}

// Graph is a graph of operators. The body of a Scan reads the values of the graph around it too.
type Graph struct {
	Name            string
	Inputs, Outputs []Value
	Initializers    []Tensor
	Nodes           []Node // each after those whose outputs it reads
}

// Value is an input or an output of a graph.
type Value struct {
	Name, Doc string
	Integers  bool // whether the elements are int64, and not float32
	Shape     []Dim
}

// Dim is a dimension: a number or, if Name is not "", one that the user chooses.
type Dim struct {
	Name string
	Size int
}

// Tensor is an initializer: a constant array of float32, or of int64 if Floats is nil.
type Tensor struct {
	Name     string
	Shape    []int
	Floats   []float32
	Integers []int64
}

// Node is an operator of ONNX applied to values.
type Node struct {
	Name, Op        string
	Inputs, Outputs []string // "" for one that is left out
	Attributes      []Attribute
}

// Attribute is an attribute of a node. Value is an int, a float32, a string, an []int or a *Graph.
type Attribute struct {
	Name  string
	Value any
}

// sizes returns dimensions that are numbers.
func sizes(numbers ...int) (dims []Dim) {
	for _, n := range numbers {
		dims = append(dims, Dim{Size: n})
	}
	return dims
}

// The dimensions that the user of a model chooses.
var (
	steps = Dim{Name: "T"}
	batch = Dim{Name: "B"}
)
