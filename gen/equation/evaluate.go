package equation

import (
	"fmt"
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
