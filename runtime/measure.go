package runtime

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Measures are how large a layer is, with a state and a workspace of it. Memory is in bytes.
type Measures struct {
	Output    int     // the width of y
	Values    float64 // how many numbers its Params are in a file
	Weights   float64 // memory; gradients, and each moment that an optimizer keeps, take as much
	Imported  float64 // memory of imported weights that are kept beside their sums, for Export
	State     float64 // memory
	Workspace float64 // memory
}

// Measure returns how large a [Layer] with these arguments would be, its state for a batch of
// rows, and its workspace for a number of steps of them. It makes none of their arrays, and so
// takes sizes that no machine has the memory for; else its errors are those of [NewLayer] and
// [Layer.NewWorkspace].
func Measure(cell kernel.Cell, input, hidden, steps, batch int, options ...Option) (Measures, error) {
	if cell == nil {
		return Measures{}, fmt.Errorf("runtime: Measure: %w cell", check.ErrNil)
	}
	c := &core{cell: cell}
	c.Description = cell.Describe()
	o, err := newOptions(options)
	err = errors.Join(err, check.Positive("steps", steps), check.Positive("batch", batch))
	if err == nil {
		_, err = check.Count(steps, batch)
	}
	if err != nil {
		return Measures{}, c.wrap("Measure", err)
	}
	l, err := newLayout(c.Description, input, hidden, o.widths)
	if err != nil {
		return Measures{}, c.wrap("Measure", err)
	}
	c.layout = l
	return c.measure(&Workspace{owner: c, maxSteps: steps, maxBatch: batch}), nil
}

func (c *core) measure(ws *Workspace) Measures {
	m := Measures{Output: c.out.units}
	for i := range c.homes {
		h := &c.homes[i]
		m.Weights += matrix.Bytes(h.sizes()...)
		for _, sum := range h.sums {
			if len(sum) > 1 {
				m.Imported += float64(len(sum)) * matrix.Bytes(h.rows, h.units)
			}
		}
	}
	for i := range c.Params {
		values := 1.0
		for _, n := range c.shape(i) {
			values *= float64(n)
		}
		m.Values += values
	}
	for i := range c.States {
		m.State += matrix.Bytes(ws.maxBatch, c.state(i).units)
	}
	for _, a := range append(ws.forwardArrays(), ws.backwardArrays()...) {
		m.Workspace += matrix.Bytes(a.Sizes...)
	}
	return m
}
