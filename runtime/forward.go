package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Forward runs the layer over the sequence x [T][B][D] and writes the outputs to
// y [T][B][H]. B is the rows of s; T follows from the length of x and is at least 1. ws must
// have room for both; it may have room for more, which changes no bit. s has the states
// before the first step on entry, and after the last on return, so that a sequence may be
// given in chunks, with the same results bit for bit (see [Ordered]).
//
// In a Layer, ws keeps what Backward needs, and a reference to x, which must not change until
// Backward has returned. A HalfLayer keeps nothing.
//
// It is an error, and nothing changes, if ws is another layer's, if s does not have this
// cell's states, if a size does not fit, if another goroutine is using ws or s, if x, y and
// the arrays of s overlap, or if y overlaps the weights.
func (c *core) Forward(ws *Workspace, s *State, x, y []float32) error {
	if err := c.use(ws, s); err != nil {
		return c.wrap("Forward", err)
	}
	defer ws.release(s)
	steps, err := c.checkForward(ws, s, x, y)
	if err != nil {
		return c.wrap("Forward", err)
	}
	c.run(ws, s, x, y, steps)
	ws.held = true
	return nil
}

// Step runs the layer for one step on x [B][D], with the same results as Forward bit for
// bit. The output is left in s and, unless y is nil, in y [B][H]. B is the rows of s. ws may
// have room for any number of steps; one is enough. It holds no Forward for Backward
// afterwards. Errors are as in Forward.
func (c *core) Step(ws *Workspace, s *State, x, y []float32) error {
	if err := c.use(ws, s); err != nil {
		return c.wrap("Step", err)
	}
	defer ws.release(s)
	if err := c.checkStep(ws, s, x, y); err != nil {
		return c.wrap("Step", err)
	}
	c.run(ws, s, x, y, 1)
	ws.x = nil
	return nil
}

// run computes a number of steps of x, and moves s from before the first to after the
// last.
func (c *core) run(ws *Workspace, s *State, x, y []float32, steps int) {
	ws.held = false
	ws.layOut(steps, s.batch)
	for i, array := range s.arrays {
		c.pad(ws.states[i], array.Data)
	}
	ws.x, ws.y = x, y
	ws.tiny.Store(false)
	ws.flushShortInput()
	ws.run(ws.forward)
	ws.y = nil
	for i, array := range s.arrays {
		c.unpad(array.Data, ws.states[i][steps*ws.batch*c.padded:])
	}
}

// forward is what each worker does. Every step is a phase, as each unit needs all outputs
// of the step before.
func (c *core) forward(ws *Workspace, self int) {
	ws.flushInput(self)
	for t := range ws.steps {
		for block := range ws.team.Parts(self, c.blocks) {
			c.forwardBlock(ws, ws.calls[self], t, block)
		}
	}
}

// forwardBlock computes step t for a block: it completes the tile, and runs the kernel on
// it while it is in cache. The input's part of the tile is computed every ws.hoist-th step,
// for all steps until the next time.
func (c *core) forwardBlock(ws *Workspace, call *kernel.Block, t, block int) {
	if t%ws.hoist == 0 {
		c.startTiles(ws, t, block)
	}
	tile := ws.tiles(block, t, 1)
	c.weights.mulRecurrent(tile, ws.outputs(t, 1), block)
	call.Tile, call.Saved = tile.Data, ws.savedAt(t, block)
	for i := range c.States {
		if c.States[i].Elementwise {
			call.Prev[i] = ws.units(ws.states[i], t, block)
		}
		call.Next[i] = ws.units(ws.states[i], t+1, block)
	}
	c.cell.Forward(0, call)
	if ws.y != nil {
		c.unpadBlock(ws.y[t*ws.batch*c.hidden:], call.Next[c.output], block)
	}
}

// unpadBlock copies a block's rows of h to y [B][H].
func (l *layout) unpadBlock(y, h []float32, block int) {
	first := block * kernel.Units
	units := min(kernel.Units, l.hidden-first)
	for i := 0; i < len(h); i += l.padded {
		copy(y[first:][:units], h[i:])
		y = y[l.hidden:]
	}
}

// startTiles computes the part of tiles that does not depend on states, for as many steps
// from t on as there is room for: one product reads W for all of them.
func (c *core) startTiles(ws *Workspace, t, block int) {
	steps := min(ws.hoist, ws.steps-t)
	tiles := ws.tiles(block, t, steps)
	c.setBias(tiles, block)
	c.weights.mulInput(tiles, ws.inputs(t, steps), block)
}

// setBias sets the rows of a tile: to the bias in the slots that have one, else to zero.
func (c *core) setBias(tile matrix.Float, block int) {
	if len(c.bias) == 0 {
		clear(tile.Data)
		return
	}
	bias, first := panel(c.one, c.bias, block, 1).Data, c.one.first*kernel.Units
	last := first + len(bias)
	for i := range tile.Rows {
		row := tile.Data[i*tile.Stride:][:tile.Cols]
		clear(row[:first])
		copy(row[first:last], bias)
		if last < len(row) {
			clear(row[last:])
		}
	}
}

// checkForward returns T.
func (c *core) checkForward(ws *Workspace, s *State, x, y []float32) (int, error) {
	if err := c.checkRows(ws, s); err != nil {
		return 0, err
	}
	steps, err := check.Rows("x", len(x), "steps·batch·input", s.batch, c.input)
	if err != nil {
		return 0, err
	}
	if steps > ws.maxSteps {
		return 0, fmt.Errorf("x has steps·batch = %d·%d, the workspace has room for %d·%d", steps, s.batch, ws.maxSteps, ws.maxBatch)
	}
	if err := check.Len("y", len(y), "steps·batch·hidden", steps, s.batch, c.hidden); err != nil {
		return 0, err
	}
	return steps, c.checkOverlap(s, x, y)
}

func (c *core) checkStep(ws *Workspace, s *State, x, y []float32) error {
	if err := c.checkRows(ws, s); err != nil {
		return err
	}
	if err := check.Len("x", len(x), "batch·input", s.batch, c.input); err != nil {
		return err
	}
	if y != nil {
		if err := check.Len("y", len(y), "batch·hidden", s.batch, c.hidden); err != nil {
			return err
		}
	}
	return c.checkOverlap(s, x, y)
}

func (c *core) checkOverlap(s *State, x, y []float32) error {
	if err := check.Of("y", y).ApartFrom(c.exposed); err != nil {
		return err
	}
	return s.apartFrom(check.Of("x", x), check.Of("y", y))
}
