package equation

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Sequence is what a cell is evaluated on. Arrays are flat and row-major: X is
// [Steps][Batch][input], an input [Steps][Batch][its width or 1], a matrix [rows][columns], and
// a state [Batch][its width].
type Sequence struct {
	Steps, Batch int
	Widths       map[string]int // hidden, input, and those that the file does not fix
	X            []float64
	Inputs       map[string][]float64
	Parameters   map[string][]float64
	States       map[string][]float64 // at the start; as declared if there is none
}

// Evaluate returns the outputs [Steps][Batch][width], and the states at the end. It computes
// the equations one by one in float64: it defines what the cell computes.
func (c *Cell) Evaluate(s Sequence) (y []float64, last map[string][]float64, err error) {
	arrays, err := c.arrays(s)
	if err != nil {
		return nil, nil, err
	}
	width := c.size(s, c.Width)
	y = make([]float64, s.Steps*s.Batch*width)
	last = make(map[string][]float64)
	for _, state := range c.Symbols {
		if state.Kind == State {
			last[state.Name] = slices.Clone(arrays[state.Name])
		}
	}
	for t := range s.Steps {
		for b := range s.Batch {
			f := c.frame(s, arrays, last, t, b)
			row := (t*s.Batch + b) * width
			copy(y[row:row+width], f.of(c.Output).units)
			for name, values := range last {
				n := len(values) / s.Batch
				copy(values[b*n:], f[name+"'"].units)
			}
		}
	}
	return y, last, nil
}

// arrays returns what the names stand for over the whole sequence, and checks its size.
func (c *Cell) arrays(s Sequence) (map[string][]float64, error) {
	for _, w := range append([]string{"hidden", "input"}, c.Free()...) {
		if n := c.size(s, c.Fixed(w)); n < 1 || s.Widths[w] != 0 && s.Widths[w] != n {
			return nil, fmt.Errorf("cell %s: width %s is %d", c.Name, w, s.Widths[w])
		}
	}
	all := make(map[string][]float64)
	for _, v := range c.Symbols {
		values, n := s.Parameters[v.Name], c.elements(s, v.Shape)
		switch {
		case v.Kind == Value || v.Kind == Dim:
			continue
		case v.Kind == Const:
			values = []float64{v.Value.Numbers[0].Value}
		case v.Kind == State:
			n *= s.Batch
			values = s.States[v.Name]
			if values == nil {
				values = v.start(n)
			}
		case v.Kind == Input:
			n *= s.Steps * s.Batch
			values = s.Inputs[v.Name]
			if v.Name == "x" {
				values = s.X
			}
		}
		if len(values) != n {
			return nil, fmt.Errorf("cell %s: %s has %d numbers, not %d", c.Name, v.Name, len(values), n)
		}
		all[v.Name] = values
	}
	return all, nil
}

// start returns the declared value of a state.
func (s *Symbol) start(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		if s.Value != nil {
			values[i] = s.Value.Numbers[0].Value
		}
	}
	return values
}

// size returns a width as a number.
func (c *Cell) size(s Sequence, width string) int {
	if n, err := strconv.Atoi(width); err == nil {
		return n
	}
	return s.Widths[width]
}

func (c *Cell) elements(s Sequence, shape Shape) int {
	switch shape.Rank {
	case 0:
		return 1
	case 1:
		return c.size(s, shape.Rows)
	}
	return c.size(s, shape.Rows) * c.size(s, shape.Columns)
}

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
	return operand{[]float64{math.NaN()}, true}
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
