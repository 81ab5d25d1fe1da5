package equation

import "fmt"

// product returns the shape of a product with a matrix.
func (c *checker) product(x *Product) Shape {
	operand := c.shape(x.X)
	s := c.find(x.Matrix)
	if s == nil {
		return unknown
	}
	if s.Kind != Matrix {
		c.errs.Add(x.Position, `the left of "@" must be a matrix; %s is %s`, x.Matrix.Text, s.article())
		return unknown
	}
	rows, columns := s.Shape.Rows, s.Shape.Columns
	if x.Matrix.Transposed {
		rows, columns = columns, rows
	}
	switch {
	case s.Shape == unknown || operand.Rank < 0:
		return unknown
	case operand.Rank == 0:
		c.errs.Add(x.At, `the right of "@" must be a vector; %s is one number`, brief(x.X))
		return unknown
	case operand.Rows != columns:
		c.errs.AddFunc(x.At, func() string { return c.mismatch(x, rows, columns, operand.Rows) })
	}
	return Shape{Rank: 1, Rows: rows}
}

// mismatch says that a matrix has not as many columns as its operand is wide.
func (c *checker) mismatch(x *Product, rows, columns, width string) string {
	operand, matrix := "its operand "+brief(x.X), x.Matrix.Text
	declare := fmt.Sprintf("declare %s (%s, %s)", matrix, rows, width)
	if x.Matrix.Transposed {
		declare = fmt.Sprintf("declare %s (%s, %s)", matrix, width, rows)
	}
	a, b := width, columns
	if c.widths.age[a] < c.widths.age[b] {
		a, b = b, a
	}
	if c.widths.age[a] > 0 {
		declare += fmt.Sprintf(`, or "dim %s = %s"`, a, b)
	}
	return fmt.Sprintf("%s is %s×%s, %s has width %s: %s", flat(x.Matrix), rows, columns, operand, width, declare)
}
