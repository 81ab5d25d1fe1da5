package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Recurrent is what [Layer] and [HalfLayer] have in common: inference with a cell over
// sequences.
type Recurrent interface {
	// Input returns D, the input width.
	Input() int
	// Hidden returns H, the number of hidden units.
	Hidden() int
	// Cell returns the cell.
	Cell() kernel.Cell
	// NewState returns the state at the start of a sequence, for a batch of rows; see
	// [Layer.NewState].
	NewState(batch int) (*State, error)
	// NewWorkspace returns a workspace with room for up to steps steps of up to batch
	// rows.
	NewWorkspace(steps, batch int) (*Workspace, error)
	// Forward runs the cell over a sequence; see [Layer.Forward].
	Forward(ws *Workspace, s *State, x, y []float32) error
	// Step runs the cell for one step; see [Layer.Step].
	Step(ws *Workspace, s *State, x, y []float32) error
	// Export returns the weights; see [Layer.Export].
	Export() Weights
}

// core is what layers have in common: a cell, its layout, and its weights as a multiplier.
type core struct {
	layout
	cell    kernel.Cell
	workers int // 0: as many as are worthwhile
	weights multiplier
	bias    []float32     // [blocks][nb][16]
	exposed []check.Array // weights that Params hands out: no result may overwrite them
}

// multiplier is weights that know how to multiply.
type multiplier interface {
	// mulInput adds x·W of a block to the input side of its tile.
	mulInput(tile, x matrix.Float, block int)
	// mulRecurrent adds h·U of a block to the recurrent side of its tile.
	mulRecurrent(tile, h matrix.Float, block int)
}

// newCore returns a core without weights.
func newCore(cell kernel.Cell, input, hidden int) (core, error) {
	d := cell.Describe()
	c := core{cell: cell, layout: layout{Description: d}}
	if err := machine.Environment(); err != nil {
		return c, err
	}
	l, err := newLayout(d, input, hidden)
	if err != nil {
		return c, err
	}
	c.layout = l
	_, err = check.Count(max(input, hidden), max(l.leaves[ofInput], l.leaves[ofHidden]), hidden)
	return c, err
}

// Input returns D, the input width.
func (c *core) Input() int { return c.input }

// Hidden returns H, the number of hidden units.
func (c *core) Hidden() int { return c.hidden }

// Cell returns the cell.
func (c *core) Cell() kernel.Cell { return c.cell }

// Parameters returns the number of weights and biases, without padding. Leaves that share
// a slot count once.
func (c *core) Parameters() int {
	return c.hidden * (len(c.x.sums)*c.input + len(c.h.sums)*c.hidden + len(c.one.sums))
}

// wrap adds the cell and the method to an error.
func (c *core) wrap(method string, err error) error {
	return fmt.Errorf("runtime: %s %s: %w", c.Name, method, err)
}
