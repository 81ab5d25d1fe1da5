package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/equation"
)

// A cell of equations is drawn as a graph that flows upwards: x, the other inputs and the states
// of t−1 stand at the bottom, the next states and the output on top. Products stand for
// themselves, with the names of their matrices. Numbers and parameters that are not matrices
// are part of the labels of what reads them.

// role is what a node of the graph is.
type role int

const (
	given    role = iota // x or another input
	before1              // a state at t−1
	product              // a matrix, times what stands below
	function             // a function of each unit, such as a gate
	sum                  // a sum, a product of units, or a mixture of the two
	next                 // a state at t
	output
	bend // no node: a place where an edge goes through a level
)

// vertex is a node of the graph.
type vertex struct {
	role
	label string
	name  string // of the equation whose value it is
	from  []int  // the vertices that it reads, each once
}

// graph is what is drawn of a cell of equations. Every vertex stands after those that it reads.
type graph struct {
	title, doc string
	vertices   []vertex
}

// newGraph returns the graph of a cell.
func newGraph(c *equation.Cell) *graph {
	b := &grapher{cell: c, graph: &graph{title: c.Name, doc: c.Doc}, values: make(map[string]value)}
	for _, s := range c.Symbols {
		switch s.Kind {
		case equation.Input:
			b.values[s.Name] = b.add(given, s.Name)
		case equation.State:
			b.values[s.Name] = b.add(before1, s.Name)
		}
	}
	for _, l := range c.File.Lines {
		switch i := l.Item.(type) {
		case *equation.Equation:
			b.equation(i)
		case *equation.Output:
			b.sink(output, "y", b.expr(i.X))
		}
	}
	for _, s := range c.Symbols {
		if s.Kind == equation.State {
			b.sink(next, s.Name, b.values[s.Name+"'"])
		}
	}
	return b.graph
}

// grapher adds the vertices of a cell's expressions to a graph.
type grapher struct {
	*graph
	cell   *equation.Cell
	values map[string]value // of names, next values with "'"
}

// value is a vertex or, if that is -1, a text in the label of what reads it.
type value struct {
	vertex int
	text   string
}

const hole = "·" // a vertex in the label of what reads it

func text(format string, args ...any) value { return value{-1, fmt.Sprintf(format, args...)} }

// add adds a vertex that reads some values.
func (b *grapher) add(r role, label string, read ...value) value {
	v := vertex{role: r, label: label}
	for _, x := range read {
		if x.vertex >= 0 && !slices.Contains(v.from, x.vertex) {
			v.from = append(v.from, x.vertex)
		}
	}
	b.vertices = append(b.vertices, v)
	return value{len(b.vertices) - 1, hole}
}

// sink adds a vertex that a value leaves through.
func (b *grapher) sink(r role, label string, v value) {
	if v.vertex < 0 {
		v = b.add(sum, v.text)
	}
	b.add(r, label, v)
}

// equation gives a value its name. A value that is a text is known by its name from then on.
func (b *grapher) equation(e *equation.Equation) {
	v, name := b.expr(e.X), e.Name
	if e.Next {
		name += "'"
	}
	switch {
	case v.vertex < 0 && !e.Next:
		v.text = name
	case v.vertex >= 0 && !e.Next && b.vertices[v.vertex].name == "" && b.vertices[v.vertex].role > before1:
		b.vertices[v.vertex].name = name
	}
	b.values[name] = v
}

// expr adds the vertices of an expression.
func (b *grapher) expr(x equation.Expr) value {
	switch x := x.(type) {
	case *equation.Number:
		return text("%s", x.Text)
	case *equation.Paren:
		return b.expr(x.X)
	case *equation.Name:
		name := x.Text
		if x.Next {
			name += "'"
		}
		if v, ok := b.values[name]; ok {
			return v
		}
		return text("%s", name)
	case *equation.Product:
		return b.product(x)
	case *equation.Call:
		return b.call(x)
	case *equation.Chain:
		return b.chain(x)
	}
	return text("?")
}

// product adds the product of a matrix. It is a vertex even where it multiplies a parameter.
func (b *grapher) product(x *equation.Product) value {
	label := x.Matrix.Text
	if x.Matrix.Transposed {
		label += ".T"
	}
	v := b.expr(x.X)
	if v.vertex < 0 {
		label += " @ " + v.text
	}
	return b.add(product, label, v)
}

// call adds a function. Its label has the arguments if there are several.
func (b *grapher) call(x *equation.Call) value {
	var args []value
	var texts []string
	vertices := 0
	for _, a := range x.Args {
		v := b.expr(a)
		args, texts = append(args, v), append(texts, v.text)
		if v.vertex >= 0 {
			vertices++
		}
	}
	all := x.Func + "(" + strings.Join(texts, ", ") + ")"
	switch {
	case vertices == 0:
		return text("%s", all)
	case len(args) == 1:
		all = x.Func
	}
	return b.add(function, all, args...)
}

var signs = map[byte]string{'+': " + ", '-': " − ", '*': " × ", '/': " / "}

// chain adds a sum, or a product of units. If all operators are one, its label is that operator
// and the texts that it joins; else it is the whole expression.
func (b *grapher) chain(x *equation.Chain) value {
	terms, all, same := []value{b.expr(x.First)}, "", true
	if x.Negated {
		all, same = "−", false
	}
	all += inner(terms[0])
	for _, r := range x.Rest {
		v := b.expr(r.X)
		terms = append(terms, v)
		all += signs[r.Operator] + inner(v)
		same = same && (r.Operator == '+' || r.Operator == '*') && r.Operator == x.Rest[0].Operator
	}
	vertices := slices.DeleteFunc(slices.Clone(terms), func(v value) bool { return v.vertex < 0 })
	switch {
	case len(vertices) == 0:
		return text("%s", all)
	case same && len(x.Rest) > 0:
		sign := strings.TrimSpace(signs[x.Rest[0].Operator])
		all = sign
		for _, t := range terms {
			if t.vertex < 0 {
				all = strings.TrimSuffix(all, sign) + sign + " " + inner(t) + " " + sign
			}
		}
		if len(all) > len(sign) {
			all = strings.TrimSuffix(all, " "+sign)
		}
	}
	return b.add(sum, all, terms...)
}

// inner returns a text as an operand: in parentheses if it has several words.
func inner(v value) string {
	if v.vertex < 0 && strings.Contains(v.text, " ") {
		return "(" + v.text + ")"
	}
	return v.text
}
