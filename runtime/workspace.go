package runtime

import (
	"fmt"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/team"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Workspace is the memory that one layer's Forward, Backward and Step work in, so that
// they allocate nothing. Between Forward and Backward it holds what Backward needs.
type Workspace struct {
	owner              *core
	inUse              atomic.Bool
	maxSteps, maxBatch int // that there is room for

	team              team.Team
	forward, backward func(self int) // what each worker does
	calls             [][]call       // each worker's, of the kernels of each stage
	inference         bool           // whether it holds no Forward for Backward

	steps, batch int       // of the last Forward or Step; all arrays are laid out for them
	byRow        bool      // whether row by row
	hoist        int       // its steps whose input products are computed as one
	x            []float32 // its input
	held         bool      // whether it and x are intact, for Backward

	tiny      atomic.Bool   // whether x has numbers that count as 0
	y         []float32     // of the Forward in progress
	direct    bool          // whether kernels write y
	dy, dx    []float32     // of the Backward in progress
	ds        *State        // before it
	gradients [][]float32   // of each home
	lengths   check.Lengths // [B], the steps of each row; empty if no row ends early
	ends      []int         // [B], the steps of each row before its padding
	padded    bool          // whether a row has padding
	masks     []*mask       // that Mask has made

	arrays
}

// NewWorkspace returns a workspace with room for up to steps steps of up to batch rows: each
// call has the rows of its State. It is an error if a size is below 1 or the workspace would
// be too large.
func (l *Layer) NewWorkspace(steps, batch int) (*Workspace, error) {
	ws, arrays, err := l.newWorkspace(steps, batch, false)
	if err == nil {
		ws.backward = func(self int) { l.backward(ws, self) }
		ws.gradients = make([][]float32, len(l.arrays))
		ws.apart = make([]check.Array, 0, len(l.arrays)+2)
		err = matrix.Allocate(append(arrays, ws.backwardArrays()...))
	}
	if err != nil {
		return nil, l.wrap("NewWorkspace", err)
	}
	ws.ends = make([]int, batch)
	return ws.ready(), nil
}

// NewInference returns a workspace like NewWorkspace, for Forward and Step alone: it keeps
// nothing for Backward, and so takes much less memory, and less time to go through it. With
// room for one step it takes a few kilobytes.
func (c *core) NewInference(steps, batch int) (*Workspace, error) {
	ws, arrays, err := c.newWorkspace(steps, batch, true)
	if err == nil {
		err = matrix.Allocate(arrays)
	}
	if err != nil {
		return nil, c.wrap("NewInference", err)
	}
	return ws.ready(), nil
}

// NewWorkspace is NewInference, as a HalfLayer has no Backward.
func (h *HalfLayer) NewWorkspace(steps, batch int) (*Workspace, error) {
	return h.NewInference(steps, batch)
}

// hoistRows is how many rows, of several steps, one input product takes if it can: enough
// not to be bound by reading the weights from memory.
const hoistRows = 192

// hoistedRows returns the most rows of one input product.
func (ws *Workspace) hoistedRows() int {
	return min(ws.maxSteps*ws.maxBatch, max(ws.maxBatch, hoistRows))
}

// newWorkspace returns a workspace and its arrays, which are yet to be made, without those
// for Backward.
func (c *core) newWorkspace(steps, batch int, inference bool) (*Workspace, []matrix.Allocation, error) {
	if err := check.Positive("steps", steps); err != nil {
		return nil, nil, err
	}
	if err := check.Positive("batch", batch); err != nil {
		return nil, nil, err
	}
	if _, err := check.Count(steps, batch); err != nil {
		return nil, nil, err
	}
	ws := &Workspace{owner: c, maxSteps: steps, maxBatch: batch, inference: inference}
	ws.team.Init()
	ws.forward = func(self int) { c.forward(ws, self) }
	return ws, ws.forwardArrays(), nil
}

// layOut lays the arrays out for a number of steps and rows.
func (ws *Workspace) layOut(steps, batch int) {
	ws.steps, ws.batch = steps, batch
	ws.byRow = ws.goesByRow()
	ws.hoist = min(ws.maxSteps, max(1, hoistRows/batch))
}

// run runs work on a number of workers, each with its own arguments of kernels.
func (ws *Workspace) run(work func(self int)) {
	workers := ws.owner.workersFor(ws.steps, ws.batch)
	ws.allocateCalls(workers) // more than at first, if GOMAXPROCS has grown
	for _, calls := range ws.calls {
		for i, s := range ws.owner.stages {
			calls[i].Stride, calls[i].VectorStride = s.padded, 0
			if ws.byRow {
				calls[i].Stride, calls[i].VectorStride = kernel.Units, len(s.Vectors)*kernel.Units
			}
		}
	}
	ws.team.Run(workers, ws.batch <= boundRows, work)
}

// checkWorkspace returns an error unless ws was made by this layer.
func (c *core) checkWorkspace(ws *Workspace) error {
	switch {
	case ws == nil:
		return fmt.Errorf("%w workspace", check.ErrNil)
	case ws.owner != c:
		return check.Foreign("workspace")
	}
	return nil
}
