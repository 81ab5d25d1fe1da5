package equation

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/front"
)

// mostNear is how many names are compared with an unknown one.
const mostNear = 1000

// near returns the known name or function that is nearest to an unknown one, as a question.
func (c *checker) near(word string) string {
	var names []string
	for _, s := range c.cell.Symbols[:min(len(c.cell.Symbols), mostNear)] {
		names = append(names, s.Name)
	}
	return front.Nearest(word, append(names, functionNames()...))
}

// equation checks an equation, and gives its value a shape.
func (c *checker) equation(e *Equation) {
	shape := c.shape(e.X)
	s := c.cell.names[e.Name]
	if s == nil || s.Equation != e {
		return
	}
	s.ready = true
	switch {
	case s.Kind == Value:
		s.Shape = shape
	case shape.Rank == 0:
		c.errs.Add(e.Position, "%s' is one number, but state %s has width %s", e.Name, e.Name, s.Shape)
	case shape.Rank == 1 && s.Shape.Rank == 1 && shape != s.Shape:
		c.errs.Add(e.Position, "%s' has width %s, but state %s has width %s", e.Name, shape, e.Name, s.Shape)
	}
}

// shape returns the shape of an expression, a number or a vector.
func (c *checker) shape(x Expr) Shape {
	switch x := x.(type) {
	case *Number:
		return Shape{}
	case *Name:
		return c.named(x)
	case *Paren:
		return c.shape(x.X)
	case *Call:
		return c.called(x)
	case *Product:
		return c.product(x)
	case *Chain:
		shape := c.shape(x.First)
		for _, l := range x.Rest {
			right := c.shape(l.X)
			joined, ok := join(shape, right)
			if !ok {
				c.errs.Add(l.Position, `the left of "%c" has width %s, the right has width %s`, l.Operator, shape, right)
			}
			shape = joined
		}
		return shape
	}
	return unknown
}

// join returns the shape of an operation on two shapes, and whether they go together.
func join(a, b Shape) (Shape, bool) {
	switch {
	case a.Rank < 0 || b.Rank < 0:
		return unknown, true
	case a.Rank == 0:
		return b, true
	case b.Rank == 0 || a == b:
		return a, true
	}
	return unknown, false
}

// named returns the shape of a name that is used as a value.
func (c *checker) named(n *Name) Shape {
	s := c.find(n)
	switch {
	case s == nil:
		return unknown
	case n.Next && s.Kind != State:
		c.errs.Add(n.Position, "%s is %s, not a state: it has no next value", n.Text, s.article())
		return unknown
	case n.Transposed && s.Kind != Matrix:
		c.errs.Add(n.Position, "only a matrix is transposed; %s is %s", n.Text, s.article())
		return unknown
	case s.Kind == Matrix:
		c.errs.Add(n.Position, "%s is a matrix: write %s @ (…)", flat(n), flat(n))
		return unknown
	case s.Kind == Dim:
		c.errs.Add(n.Position, "%s is a width, not a value", n.Text)
		return unknown
	case (n.Next || s.Kind == Value) && !s.ready:
		c.early(n, s)
		return unknown
	}
	return s.Shape
}

// find returns what a name stands for, and marks it as read.
func (c *checker) find(n *Name) *Symbol {
	s := c.cell.names[n.Text]
	switch {
	case s != nil:
		if !n.Next {
			s.read = true
		}
	case functionNamed[n.Text] != nil:
		c.errs.Add(n.Position, "%s is a function: write %s(…)", n.Text, n.Text)
	case n.Text == "hidden" || n.Text == "input":
		c.errs.Add(n.Position, "%s is a width, not a value", n.Text)
	case !c.unsure:
		c.errs.AddFunc(n.Position, func() string { return fmt.Sprintf("unknown name %s%s", front.Quote(n.Text), c.near(n.Text)) })
	}
	return s
}

// early reports a value that is used before its equation.
func (c *checker) early(n *Name, s *Symbol) {
	w := written(n.Text, n.Next)
	switch {
	case s.Equation == nil: // reported with the state
	case s.Equation.Line <= n.Line:
		c.errs.Add(n.Position, "%s is used in its own equation", w)
	default:
		c.errs.Add(n.Position, "%s is used before its equation, on line %d: move that up", w, s.Equation.Line)
	}
}

// called returns the shape of a function's value.
func (c *checker) called(x *Call) Shape {
	if refused[x.Func] != "" && c.cell.names[x.Func] == nil {
		c.errs.Add(x.Position, "%s %s", x.Func, refused[x.Func])
		return unknown
	}
	shape := Shape{}
	for i, a := range x.Args {
		right := c.shape(a)
		joined, ok := join(shape, right)
		if !ok {
			c.errs.Add(x.Args[i].Place(), "an argument of %s has width %s, but one before it has width %s", x.Func, right, shape)
		}
		shape = joined
	}
	if f := functionNamed[x.Func]; f != nil && f.Arity == len(x.Args) {
		return shape
	}
	c.errs.AddFunc(x.Position, func() string { return c.wrongCall(x) })
	return unknown
}

// wrongCall returns why there is no such call.
func (c *checker) wrongCall(x *Call) string {
	f, s := functionNamed[x.Func], c.cell.names[x.Func]
	switch {
	case f != nil:
		return fmt.Sprintf("%s has %d %s, not %d", x.Func, f.Arity, map[bool]string{true: "argument", false: "arguments"}[f.Arity == 1], len(x.Args))
	case s != nil && s.Kind == Matrix:
		return fmt.Sprintf("%s is a matrix, not a function: write %s @ (…)", x.Func, x.Func)
	case s != nil:
		return fmt.Sprintf("%s is %s, not a function: write %s * (…)", x.Func, s.article(), x.Func)
	}
	return fmt.Sprintf("unknown function %s%s", front.Quote(x.Func), front.Nearest(x.Func, functionNames()))
}
