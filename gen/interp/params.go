package interp

import (
	"strconv"

	"github.com/cellgen/cellgen/gen/ir"
)

// matrix is a parameter and its gradient. Its element (u, k), which multiplies k of the
// operand into unit u, is at first + u·row + k·column. A vector has one column, as if it
// multiplied 1, and all rows of a scalar are one.
type matrix struct {
	data, gradient     []float64
	first, row, column int
}

// of returns the matrix as a term has it: transposed, perhaps.
func (m matrix) of(t ir.Term) matrix {
	if t.Transposed {
		m.row, m.column = m.column, m.row
	}
	return m
}

// multiply adds the product with x to sums. As in back and in outer, the machine rounds every
// product and every sum.
func (m matrix) multiply(sums, x []float64, in *Machine) {
	for u, sum := range sums {
		at := m.first + u*m.row
		for _, v := range x {
			sum = in.round(sum + in.round(v*m.data[at]))
			at += m.column
		}
		sums[u] = sum
	}
}

// back takes the cotangents d of a product back to its operand.
func (m matrix) back(dx, d []float64, in *Machine) {
	for u, du := range d {
		at := m.first + u*m.row
		for k := range dx {
			dx[k] = in.round(dx[k] + in.round(du*m.data[at]))
			at += m.column
		}
	}
}

// outer takes the cotangents d of the product with x back to the matrix.
func (m matrix) outer(d, x []float64, in *Machine) {
	for u, du := range d {
		at := m.first + u*m.row
		for _, v := range x {
			m.gradient[at] = in.round(m.gradient[at] + in.round(du*v))
			at += m.column
		}
	}
}

// matrices returns the cell's parameters.
func (in *Inputs) matrices(gradients Arrays) []matrix {
	all := make([]matrix, len(in.Params))
	if in.Named {
		given, found := in.Of(Parameter), gradients.Of(Parameter)
		for i, p := range in.Params {
			all[i] = matrix{data: given[i], gradient: found[i]}
			switch len(p.Shape) {
			case 1:
				all[i].row = 1
			case 2:
				all[i].row, all[i].column = in.Width(p.Shape[1]), 1
			}
		}
		return all
	}
	side := Leaves(&in.Cell) * in.Hidden
	for i, p := range in.Params {
		role := roleOf(p)
		all[i] = matrix{data: in.Of(role)[0], gradient: gradients.Of(role)[0], first: leaf(p) * in.Hidden, row: 1}
		if role != Bias {
			all[i].column = side
		}
	}
	return all
}

// Leaves returns how many leaves a cell has whose parameters have no names.
func Leaves(c *ir.Cell) int {
	n := 0
	for _, p := range c.Params {
		n = max(n, leaf(p)+1)
	}
	return n
}

// leaf returns the leaf of a parameter: W3, U3 and b3 are of leaf 3.
func leaf(p ir.Param) int {
	n, err := strconv.Atoi(p.Name[min(1, len(p.Name)):])
	if err != nil || n < 0 {
		panic("interp: parameter " + p.Name + " is of no leaf")
	}
	return n
}

// roleOf returns the array that has a leaf's parameter.
func roleOf(p ir.Param) Role {
	switch {
	case isBias(p):
		return Bias
	case p.Shape[1] == ir.WidthInput:
		return W
	}
	return U
}

func isBias(p ir.Param) bool { return len(p.Shape) == 1 }
