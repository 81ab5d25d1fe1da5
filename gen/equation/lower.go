package equation

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Lower returns the cell's equations as a graph, one operation for each operator: the
// definition of what the cell computes. Functions that are compositions are written out.
// One number, such as a scalar or a const, becomes a value of each width that it meets.
//
// In a sum, products with matrices come first, and vectors after them: they become one
// pre-activation, whose terms are added in an order of its own.
func (c *Cell) Lower() *ir.Func {
	l := newLowerer(c)
	for _, line := range c.File.Lines {
		if e, ok := line.Item.(*Equation); ok {
			l.equation(e)
		}
	}
	l.output()
	l.Check("lower")
	return l.Func
}

// lowerer appends the values of a cell's equations to a graph.
type lowerer struct {
	*ir.Builder
	cell     *Cell
	places   map[string]int        // of parameters, inputs and states, in their lists
	values   map[binding]*ir.Value // of names
	products map[slotKey]*ir.Value // each slot once
	operands map[*ir.Value]ir.Port // what products multiply
	names    map[string]bool       // of inputs, states and operands
}

// binding is a name, next values with "'", in values of a width.
type binding struct{ name, width string }

// slotKey is a matrix that multiplies an operand.
type slotKey struct {
	param      int
	transposed bool
	operand    ir.Port
}

func newLowerer(c *Cell) *lowerer {
	l := &lowerer{
		cell: c, places: make(map[string]int), values: make(map[binding]*ir.Value),
		products: make(map[slotKey]*ir.Value), operands: make(map[*ir.Value]ir.Port),
		names: map[string]bool{"x": true, "1": true},
	}
	f := &ir.Func{Name: c.Name, Cell: ir.Cell{Named: true, Sizes: c.sizes()}}
	l.Builder = ir.NewBuilder(f)
	for _, s := range c.Symbols {
		switch {
		case s.Kind == State:
			l.places[s.Name], l.names[s.Name] = len(f.States), true
			f.States = append(f.States, ir.State{Name: s.Name, Width: s.Shape.Rows, Initial: s.start(1)[0]})
		case s.Kind == Input && s.Name != "x":
			l.places[s.Name], l.names[s.Name] = 1+len(f.Inputs), true
			f.Inputs = append(f.Inputs, ir.Input{Name: s.Name, Width: s.Shape.Rows})
		case s.read && (s.Kind == Matrix || s.Kind == Vector || s.Kind == Scalar):
			l.places[s.Name] = len(f.Params)
			f.Params = append(f.Params, s.param())
		}
	}
	return l
}

// sizes returns the widths that a user gives, and those that must be equal to others.
func (c *Cell) sizes() (sizes []ir.Size) {
	declared := []string{"hidden", "input"}
	for _, s := range c.Symbols {
		if s.Kind == Dim {
			declared = append(declared, s.Name)
		}
	}
	for i, name := range declared {
		switch equal := c.Fixed(name); {
		case equal != name:
			sizes = append(sizes, ir.Size{Name: name, Equal: equal})
		case i > 1:
			sizes = append(sizes, ir.Size{Name: name})
		}
	}
	return sizes
}

// param returns a parameter as graphs know it.
func (s *Symbol) param() ir.Param {
	p := ir.Param{Name: s.Name, Label: s.Name, Initial: s.Value.Name}
	if p.Initial == "" {
		p.Initial = ir.Constant
	}
	for _, n := range s.Value.Numbers {
		p.Args = append(p.Args, n.Value)
	}
	switch s.Shape.Rank {
	case 1:
		p.Shape = []string{s.Shape.Rows}
	case 2:
		p.Shape = []string{s.Shape.Rows, s.Shape.Columns}
	}
	return p
}

// equation lowers an equation, unless its value is one number: that is lowered where it is used.
func (l *lowerer) equation(e *Equation) {
	l.Node = len(l.Nodes)
	l.Nodes = append(l.Nodes, written(e.Name, e.Next))
	s := l.cell.names[e.Name]
	if s.Shape.Rank == 0 {
		return
	}
	v := l.expr(e.X, s.Shape.Rows)
	name := e.Name
	if e.Next {
		name += "Next"
		l.Return(v, ir.Next, l.places[e.Name])
	}
	l.Rename(v, name)
	l.values[binding{written(e.Name, e.Next), s.Shape.Rows}] = v
}

// output returns what the cell returns: a state's next value is marked as the output.
func (l *lowerer) output() {
	l.Node = len(l.Nodes)
	l.Nodes = append(l.Nodes, "output")
	v := l.expr(l.cell.Output, l.cell.Width)
	for _, r := range l.Results {
		if r.Port.Kind == ir.Next && r.Value == v {
			l.States[r.Port.Index].Output = true
			return
		}
	}
	l.Func.Output = l.cell.Width
	l.Rename(v, "y")
	l.Return(v, ir.Output, 0)
}

// expr lowers an expression to values of a width.
func (l *lowerer) expr(x Expr, width string) *ir.Value {
	switch x := x.(type) {
	case *Number:
		return l.Const(x.Value)
	case *Name:
		return l.name(x, width)
	case *Paren:
		return l.expr(x.X, width)
	case *Product:
		return l.product(x)
	case *Call:
		return l.call(x, width)
	case *Chain:
		return l.chain(x, width)
	}
	panic(fmt.Sprintf("equation: %T in a checked cell", x))
}

// call applies a function, written out.
func (l *lowerer) call(x *Call, width string) *ir.Value {
	args := make(map[op.Var]*ir.Value)
	for i, a := range x.Args {
		args[op.X0+op.Var(i)] = l.expr(a, width)
	}
	return l.Expr(functionNamed[x.Func].Inline, args)
}

var chained = map[byte]*op.Op{'+': op.Add, '-': op.Sub, '*': op.Mul, '/': op.Div}

// chain joins operands from the left, after moving what makes a pre-activation to the front.
func (l *lowerer) chain(x *Chain, width string) *ir.Value {
	first := l.expr(x.First, width)
	if x.Negated {
		first = l.Apply("", op.Neg, first)
	}
	terms := []link{{'+', first}}
	for _, r := range x.Rest {
		terms = append(terms, link{r.Operator, l.expr(r.X, width)})
	}
	if len(x.Rest) > 0 && (x.Rest[0].Operator == '+' || x.Rest[0].Operator == '-') {
		gather(terms)
	}
	v := terms[0].value
	for _, t := range terms[1:] {
		v = l.Apply("", chained[t.operator], v, t.value)
	}
	return v
}

// link is an operand of a chain and the operator before it.
type link struct {
	operator byte
	value    *ir.Value
}

// gather moves slots to the front of a sum, and vectors after them, if it adds a slot.
func gather(terms []link) {
	rank := func(t link) int {
		switch {
		case t.operator == '+' && t.value.Port.Kind == ir.SlotIn:
			return 0
		case t.operator == '+' && t.value.Port.Kind == ir.Vector:
			return 1
		}
		return 2
	}
	if slices.ContainsFunc(terms, func(t link) bool { return rank(t) == 0 }) {
		slices.SortStableFunc(terms, func(a, b link) int { return rank(a) - rank(b) })
	}
}
