package onnx

import (
	"fmt"
)

// Builder makes the graph of a model, node by node. Every name in it is unique, in the bodies of
// Scans too: a name that is taken gets a number.
type Builder struct {
	graph    *Graph
	taken    map[string]bool
	integers map[string]string // the initializers of integers, by what they have
	last     []Value           // the states that leave
}

// output is the name of a model's output: no state can have it.
const output = "y"

// NewBuilder returns the builder of an empty graph.
func NewBuilder(name string) *Builder {
	return &Builder{graph: &Graph{Name: name}, taken: map[string]bool{output: true}, integers: make(map[string]string)}
}

// body returns the builder of an empty graph inside this one.
func (b *Builder) body(name string) *Builder {
	return &Builder{graph: &Graph{Name: name}, taken: b.taken}
}

// unique returns the name, numbered if it is taken.
func (b *Builder) unique(name string) string {
	base := name
	for n := 2; b.taken[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	b.taken[name] = true
	return name
}

// Input adds the input x [T][B][width], and returns its name.
func (b *Builder) Input(width int) string {
	return b.input(Value{Name: "x", Shape: append([]Dim{steps, batch}, sizes(width)...)})
}

// Tokens adds the input x [T][B] of tokens in 0..vocabulary−1, and returns its name.
func (b *Builder) Tokens(vocabulary int) string {
	doc := fmt.Sprintf("tokens in 0..%d", vocabulary-1)
	return b.input(Value{Name: "x", Doc: doc, Integers: true, Shape: []Dim{steps, batch}})
}

// input adds an input, and returns its name.
func (b *Builder) input(v Value) string {
	v.Name = b.unique(v.Name)
	b.graph.Inputs = append(b.graph.Inputs, v)
	return v.Name
}

// Model returns the model whose output y [T][B][width] is a value of the graph. The last states
// leave after it.
func (b *Builder) Model(y string, width int, version, doc string) *Model {
	b.append(Node{Name: output, Op: "Identity", Inputs: []string{y}, Outputs: []string{output}})
	out := Value{Name: output, Shape: append([]Dim{steps, batch}, sizes(width)...)}
	b.graph.Outputs = append([]Value{out}, b.last...)
	return &Model{Version: version, Doc: doc, Graph: b.graph}
}

// Initializer adds a tensor, and returns its name.
func (b *Builder) Initializer(t Tensor) string {
	t.Name = b.unique(t.Name)
	b.graph.Initializers = append(b.graph.Initializers, t)
	return t.Name
}

// Integers returns the name of a vector of integers, such as axes.
func (b *Builder) Integers(numbers ...int64) string {
	key := fmt.Sprint(numbers)
	if b.integers[key] == "" {
		b.integers[key] = b.Initializer(Tensor{Name: "int64" + key, Shape: []int{len(numbers)}, Integers: numbers})
	}
	return b.integers[key]
}

// Node appends an operator applied to values, and returns its only output, which has the given name.
// So has the node.
func (b *Builder) Node(op, output string, inputs []string, attributes ...Attribute) string {
	output = b.unique(output)
	b.append(Node{Name: output, Op: op, Inputs: inputs, Outputs: []string{output}, Attributes: attributes})
	return output
}

// append appends a node, whose outputs have names that are unique.
func (b *Builder) append(n Node) { b.graph.Nodes = append(b.graph.Nodes, n) }
