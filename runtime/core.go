package runtime

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Recurrent is what [Layer] and [HalfLayer] have in common: inference with a cell over
// sequences.
type Recurrent interface {
	// Input returns D, the input width.
	Input() int
	// Hidden returns H, the number of hidden units.
	Hidden() int
	// Output returns the width of y, which is H unless the cell says otherwise.
	Output() int
	// Width returns the number of units of one of the cell's widths; see [Layer.Width].
	Width(name string) int
	// Cell returns the cell.
	Cell() kernel.Cell
	// NewState returns the state at the start of a sequence, for a batch of rows; see
	// [Layer.NewState].
	NewState(batch int) (*State, error)
	// NewWorkspace returns a workspace with room for up to steps steps of up to batch
	// rows.
	NewWorkspace(steps, batch int) (*Workspace, error)
	// NewInference returns such a workspace for Forward and Step alone.
	NewInference(steps, batch int) (*Workspace, error)
	// Forward runs the cell over a sequence; see [Layer.Forward].
	Forward(ws *Workspace, s *State, x, y []float32) error
	// ForwardLengths is Forward with a number of steps for each row; see
	// [Layer.ForwardLengths].
	ForwardLengths(ws *Workspace, s *State, x, y []float32, lengths []int) error
	// Step runs the cell for one step; see [Layer.Step].
	Step(ws *Workspace, s *State, x, y []float32) error
	// Export returns the weights; see [Layer.Export].
	Export() Weights
}

// core is what layers have in common: a cell, its layout, and its weights.
type core struct {
	layout
	cell    kernel.Cell
	workers int                      // 0: as many as are worthwhile
	array   func(home int) []float32 // the weights of a home; of a matrix if they are float32
	halves  [][]uint16               // of each home, if they are not; nil for biases and vectors
	copies  [][]float32              // of mirrors, if weights never change
	exposed []check.Array            // weights that Params hands out: no result may overwrite them
}

// newCore returns a core without weights.
func newCore(cell kernel.Cell, input, hidden int, o options) (core, error) {
	d := cell.Describe()
	c := core{cell: cell, layout: layout{Description: d}, workers: o.workers}
	if err := machine.Environment(); err != nil {
		return c, err
	}
	l, err := newLayout(d, input, hidden, o.widths)
	if err != nil {
		return c, err
	}
	c.layout = l
	if err := errors.Join(c.override(o.initials), initial.CheckFramework(o.like)); err != nil {
		return c, err
	}
	for i := range d.Params {
		if _, err := check.Count(c.shape(i)...); err != nil {
			return c, err
		}
	}
	_, err = check.Count(max(input, hidden), max(l.leaves[ofInput], l.leaves[ofHidden]), hidden)
	return c, err
}

// Input returns D, the input width.
func (c *core) Input() int { return c.input }

// Hidden returns H, the number of hidden units.
func (c *core) Hidden() int { return c.hidden }

// Output returns the width of y, which is H unless the cell says otherwise.
func (c *core) Output() int { return c.out.units }

// Cell returns the cell.
func (c *core) Cell() kernel.Cell { return c.cell }

// Width returns the number of units of one of the cell's widths, such as "hidden"; 0 if it has none
// of that name.
func (c *core) Width(name string) int {
	n, err := c.of(kernel.Dim(name))
	if err != nil {
		return 0
	}
	return n
}

// Parameters returns the number of weights and biases, without padding. Leaves that share
// a slot count once, and so does a parameter with several uses.
func (c *core) Parameters() int {
	n := 0
	for i := range c.homes {
		n += c.homes[i].rows * c.homes[i].units * len(c.homes[i].sums)
	}
	return n
}

// wrap adds the cell and the method to an error.
func (c *core) wrap(method string, err error) error {
	return fmt.Errorf("runtime: %s %s: %w", c.Name, method, err)
}
