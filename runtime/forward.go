package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Forward runs the layer over the sequence x [T][B][D] and writes the outputs to y [T][B][H],
// where Output returns H or another width. B is the rows of s; T follows from the length of x
// and is at least 1. ws must have room for both; it may have room for more, which changes no
// bit. s has the states before the first step on entry, and after the last on return, so that
// a sequence may be given in chunks, with the same results bit for bit (see [Ordered]).
// Inputs beside x are those that [Workspace.Input] has.
//
// Unless ws is for inference it keeps what Backward needs, and a reference to x, which must not
// change until Backward has returned.
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
	c.run(ws, s, x, y, steps, nil)
	ws.held = !ws.inference
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
	c.run(ws, s, x, y, 1, nil)
	ws.x = nil
	return nil
}

// run computes a number of steps of x, and moves s from before the first to after the
// last. lengths is nil if all rows have as many.
func (c *core) run(ws *Workspace, s *State, x, y []float32, steps int, lengths []int) {
	ws.held = false
	ws.layOut(steps, s.batch)
	ws.lengths.Set(lengths, ws.steps)
	for i, array := range s.arrays {
		c.state(i).pad(ws.states[i], array.Data)
	}
	ws.startMasks()
	ws.x, ws.y = x, y
	ws.direct = ws.yields()
	ws.tiny.Store(false)
	ws.flushShortInput()
	ws.spreadScalars()
	ws.forgetCopies()
	ws.run(ws.forward)
	for i, array := range s.arrays {
		rows, at := ws.stateRows(i, steps)
		c.state(i).unpad(array.Data, rows[at*ws.batch*c.state(i).padded:])
	}
	ws.y, ws.direct = nil, false
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
	if err := check.Len("y", len(y), c.outName, steps, s.batch, c.out.units); err != nil {
		return 0, err
	}
	return steps, c.checkOverlap(ws, s, x, y)
}

func (c *core) checkStep(ws *Workspace, s *State, x, y []float32) error {
	if err := c.checkRows(ws, s); err != nil {
		return err
	}
	if err := check.Len("x", len(x), "batch·input", s.batch, c.input); err != nil {
		return err
	}
	if y != nil {
		if err := check.Len("y", len(y), c.outName[len("steps·"):], s.batch, c.out.units); err != nil {
			return err
		}
	}
	return c.checkOverlap(ws, s, x, y)
}

func (c *core) checkOverlap(ws *Workspace, s *State, x, y []float32) error {
	if err := check.Of("y", y).ApartFrom(c.exposed); err != nil {
		return err
	}
	if err := check.Of("y", y).ApartFrom(ws.named); err != nil {
		return err
	}
	if err := s.apartFromAll(ws.named); err != nil {
		return err
	}
	return s.apartFrom(check.Of("x", x), check.Of("y", y))
}
