package nn

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Backward propagates cotangents back through the Forward that ws holds. Its T and B are those
// of that Forward, and ds must have as many rows.
//
//   - ds has the cotangents of the last states on entry, and of the initial states on return, so
//     that the chunks of a sequence chain from last to first, each with the workspace of its own
//     Forward. A nil ds stands for zeros that are not wanted back.
//   - dy [T][B][O] has the cotangents of y; nil stands for zeros.
//   - dx [T][B][D] is overwritten with the cotangents of x; nil if they are not wanted, or if
//     the stack takes tokens. It may overlap the x of Forward.
//   - The gradients of the weights are added to those in params, which may have other parameters
//     too.
//
// ws keeps its Forward, for another Backward, unless dx has overwritten x.
//
// It is an error, and nothing changes, if ws is another stack's or holds no Forward, if params
// lacks gradients of this stack, if ds is another stack's, if a size does not fit, if another
// goroutine is using ws, ds or the gradients, or if arrays overlap: dy, dx, the arrays of ds and
// the gradients must be apart, x from the arrays of ds and the gradients, and the weights from dx
// and the gradients.
func (k *Stack) Backward(ws *Workspace, ds *State, dy, dx []float32, params runtime.Params) error {
	err := k.use(ws, ds)
	if err == nil {
		defer ws.release(ds)
		err = k.checkBackward(ws, ds, dy, dx, params)
	}
	if err == nil {
		if err = params.Acquire(ws.values...); err == nil {
			defer params.Release(ws.values...)
			ws.held = !check.Overlap(dx, ws.x)
			ws.ds = ds
			err = ws.work.backward(ws.wanted(dy), dx)
		}
	}
	if err != nil {
		return k.wrap("Backward", err)
	}
	return nil
}

// wanted returns dy, without what lies beyond the ends of rows.
func (ws *Workspace) wanted(dy []float32) []float32 {
	above := ws.above[:ws.rows()*ws.stack.output()]
	switch {
	case dy == nil:
		clear(above)
	case len(ws.lengths) == 0:
		return dy
	default:
		copy(above, dy)
		ws.clearEnds(above, ws.stack.output())
	}
	return above
}

// checkBackward finds the stack's gradients.
func (k *Stack) checkBackward(ws *Workspace, ds *State, dy, dx []float32, params runtime.Params) error {
	switch {
	case ws.inference:
		return errors.New("the workspace is for inference: make one with NewWorkspace")
	case !ws.held:
		return errors.New("the workspace holds no forward pass")
	case ds != nil && ds.Rows() != ws.batch:
		return fmt.Errorf("batch is %d in the state and %d in the Forward that the workspace holds", ds.Rows(), ws.batch)
	case dx != nil && k.embedding != nil:
		return errors.New("dx must be nil: the stack takes tokens, not x")
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "steps·batch·input", ws.steps, ws.batch, k.input); err != nil {
			return err
		}
	}
	if dy != nil {
		if err := check.Len("dy", len(dy), "steps·batch·output", ws.steps, ws.batch, k.output()); err != nil {
			return err
		}
	}
	for i := range ws.params {
		p := &ws.params[i]
		if p.Grad = params.Gradient(p.Value); p.Grad == nil {
			return fmt.Errorf("the parameters have no gradients of this stack's %s", p.Name)
		}
	}
	return k.checkBackwardOverlap(ws, ds, check.Of("dy", dy), check.Of("dx", dx))
}

// checkBackwardOverlap returns an error if arrays overlap that must not.
func (k *Stack) checkBackwardOverlap(ws *Workspace, ds *State, dy, dx check.Array) error {
	ws.apart = append(ws.apart[:0], dy, dx)
	for i, p := range ws.params {
		ws.apart = append(ws.apart, check.Of(ws.gradientNames[i], p.Grad))
	}
	if err := check.Apart(ws.apart...); err != nil {
		return err
	}
	for i, a := range ws.apart {
		if i == 0 { // dy, which is only read
			continue
		}
		if err := a.ApartFrom(k.exposed); err != nil {
			return err
		}
		if i > 1 && check.Overlap(a.Data, ws.x) {
			return fmt.Errorf("%s overlaps x", a.Name)
		}
	}
	for i := 0; ds != nil && i < len(ds.arrays); i++ {
		if err := ds.arrays[i].ApartFrom(ws.apart); err != nil {
			return err
		}
		if check.Overlap(ds.arrays[i].Data, ws.x) {
			return fmt.Errorf("%s overlaps x", ds.arrays[i].Name)
		}
	}
	return nil
}
