package nn

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Workspace is the memory that one stack's Forward, Backward and Step work in, so that they
// allocate nothing. Between Forward and Backward it holds what Backward needs.
type Workspace struct {
	stack              *stackCore
	inUse              atomic.Bool
	maxSteps, maxBatch int // that there is room for
	inference          bool
	arrays             []matrix.Allocation // that are yet to be made
	work               work                // of the whole stack
	above              []float32           // [T][B][O]: dy, without what lies beyond the ends of rows
	apart              []check.Array       // arguments of Backward that must not overlap
	values             [][]float32         // of the parameters, each once
	gradientNames      []string            // of them, for messages

	steps, batch int           // of the last Forward
	x            []float32     // its input
	tokens       []int         // [T][B], in place of x
	lengths      check.Lengths // [B], the steps of each row; empty if no row ends early
	held         bool          // whether it and x are intact, for Backward
	sequences    []sequence    // [B], before it

	s, ds  *State         // of the call in progress
	params runtime.Params // with the gradients of the Backward in progress
}

// NewWorkspace returns a workspace with room for up to steps steps of up to batch rows: each
// call has the rows of its State. It is an error if a size is below 1 or the workspace would be
// too large.
func (k *Stack) NewWorkspace(steps, batch int) (*Workspace, error) {
	ws, err := k.newWorkspace(steps, batch, false)
	if err != nil {
		return nil, k.wrap("NewWorkspace", err)
	}
	return ws, nil
}

// NewInference returns a workspace like [Stack.NewWorkspace], for Forward and Step alone, which never
// drop values. It keeps nothing for Backward, and so takes much less memory, and less time to go
// through it.
func (k *stackCore) NewInference(steps, batch int) (*Workspace, error) {
	ws, err := k.newWorkspace(steps, batch, true)
	if err != nil {
		return nil, k.wrap("NewInference", err)
	}
	return ws, nil
}

func (k *stackCore) newWorkspace(steps, batch int, inference bool) (*Workspace, error) {
	if err := errors.Join(check.Positive("steps", steps), check.Positive("batch", batch)); err != nil {
		return nil, err
	}
	if _, err := check.Count(steps, batch, max(k.input, k.output())); err != nil {
		return nil, err
	}
	ws := &Workspace{stack: k, maxSteps: steps, maxBatch: batch, inference: inference}
	var err error
	if ws.work, err = k.newWork(ws); err != nil {
		return nil, err
	}
	if !inference {
		ws.add(&ws.above, steps, batch, k.output())
	}
	if err := matrix.Allocate(ws.arrays); err != nil {
		return nil, err
	}
	ws.arrays, ws.lengths, ws.sequences = nil, make([]int, 0, batch), make([]sequence, batch)
	if k.embedding != nil {
		ws.tokens = make([]int, 0, steps*batch)
	}
	for _, p := range k.params.Distinct() {
		ws.values, ws.gradientNames = append(ws.values, p.Value), append(ws.gradientNames, "gradients of "+p.Name)
		ws.params = append(ws.params, runtime.Param{Name: p.Name, Value: p.Value})
	}
	ws.apart = make([]check.Array, 0, len(ws.params)+2)
	return ws, nil
}

// rows returns how many rows x has, over all steps.
func (ws *Workspace) rows() int { return ws.steps * ws.batch }

// ended reports whether row i of all steps lies beyond its end.
func (ws *Workspace) ended(i int) bool {
	return len(ws.lengths) > 0 && i/ws.batch >= ws.lengths[i%ws.batch]
}

// clearEnds clears the rows [T][B][width] that lie beyond their ends.
func (ws *Workspace) clearEnds(rows []float32, width int) {
	for i := 0; len(ws.lengths) > 0 && i < ws.rows(); i++ {
		if ws.ended(i) {
			clear(rows[i*width:][:width])
		}
	}
}

// use marks a workspace and a state, unless it is nil, as in use until release. It is an error
// if one of them is not this stack's, or if a goroutine is using it.
func (k *stackCore) use(ws *Workspace, s *State) error {
	switch {
	case ws == nil:
		return fmt.Errorf("%w workspace", check.ErrNil)
	case ws.stack != k:
		return errors.New("workspace of another stack")
	case s != nil && s.stack != k:
		return errors.New("state of another stack")
	case !ws.inUse.CompareAndSwap(false, true):
		return errors.New("the workspace is in use by another goroutine")
	}
	if s != nil && !s.inUse.CompareAndSwap(false, true) {
		ws.inUse.Store(false)
		return errors.New("the state is in use by another goroutine")
	}
	return nil
}

// release ends use.
func (ws *Workspace) release(s *State) {
	ws.s, ws.ds = nil, nil
	if s != nil {
		s.inUse.Store(false)
	}
	ws.inUse.Store(false)
}
