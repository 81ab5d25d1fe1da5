package equation

import (
	"fmt"
	"slices"
)

// operand is a value of one row: one number, or a vector. A matrix is one of its elements.
type operand struct {
	units []float64
	one   bool
}

// frame is what names, next values with "'", stand for in one row at one step.
type frame map[string]operand

// frame computes the equations of one row at one step.
func (c *Cell) frame(s Sequence, arrays, states map[string][]float64, t, b int) frame {
	f := make(frame)
	for _, v := range c.Symbols {
		n := c.elements(s, v.Shape)
		switch v.Kind {
		case State:
			f[v.Name] = operand{slices.Clone(states[v.Name][b*n : b*n+n]), false} // the next values go where it was
		case Input:
			row := (t*s.Batch + b) * n
			f[v.Name] = operand{arrays[v.Name][row : row+n], v.Shape.Rank == 0}
		default:
			f[v.Name] = operand{arrays[v.Name], v.Shape.Rank == 0}
		}
	}
	for _, l := range c.File.Lines {
		if e, ok := l.Item.(*Equation); ok {
			f[written(e.Name, e.Next)] = f.of(e.X)
		}
	}
	return f
}

// of computes an expression.
func (f frame) of(x Expr) operand {
	switch x := x.(type) {
	case *Number:
		return operand{[]float64{x.Value}, true}
	case *Name:
		return f[written(x.Text, x.Next)]
	case *Paren:
		return f.of(x.X)
	case *Product:
		return f.product(x)
	case *Call:
		var args []operand
		for _, a := range x.Args {
			args = append(args, f.of(a))
		}
		return apply(functionNamed[x.Func].Define, args...)
	case *Chain:
		value := f.of(x.First)
		if x.Negated {
			value = apply(func(a []float64) float64 { return -a[0] }, value)
		}
		for _, l := range x.Rest {
			value = apply(operators[l.Operator], value, f.of(l.X))
		}
		return value
	}
	panic(fmt.Sprintf("equation: %T in a checked cell", x))
}

var operators = map[byte]func(a []float64) float64{
	'+': func(a []float64) float64 { return a[0] + a[1] },
	'-': func(a []float64) float64 { return a[0] - a[1] },
	'*': func(a []float64) float64 { return a[0] * a[1] },
	'/': func(a []float64) float64 { return a[0] / a[1] },
}

// apply applies a function to each unit of operands.
func apply(f func([]float64) float64, args ...operand) operand {
	result := operand{make([]float64, 1), true}
	for _, a := range args {
		if !a.one {
			result = operand{make([]float64, len(a.units)), false}
		}
	}
	of := make([]float64, len(args))
	for i := range result.units {
		for j, a := range args {
			of[j] = a.units[min(i, len(a.units)-1)]
		}
		result.units[i] = f(of)
	}
	return result
}

// product multiplies a matrix, or its transpose, by a vector.
func (f frame) product(x *Product) operand {
	m, v := f[x.Matrix.Text].units, f.of(x.X).units
	rows, columns := len(m)/len(v), len(v)
	down, right := columns, 1
	if x.Matrix.Transposed {
		down, right = 1, rows
	}
	y := make([]float64, rows)
	for i := range y {
		for j, a := range v {
			y[i] += m[i*down+j*right] * a
		}
	}
	return operand{y, false}
}
