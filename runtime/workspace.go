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
	forward, backward func(self int)  // what each worker does
	calls             []*kernel.Block // each worker's arguments of kernels

	steps, batch int       // of the last Forward or Step; all arrays are laid out for them
	hoist        int       // its steps whose input products are computed as one
	x            []float32 // its input
	held         bool      // whether it and x are intact, for Backward

	tiny      atomic.Bool // whether x has numbers that count as 0
	y         []float32   // of the Forward in progress
	dy, dx    []float32   // of the Backward in progress
	gradients panels
	ends      []int // [B], the steps of each row before its padding
	padded    bool  // whether a row has padding

	states     [][]float32 // each [T+1][B][Hp], and so on: room for the most steps and rows
	cotangents [][]float32 // of each state [2][B][Hp], for even and odd steps
	flushed    []float32   // [T][B][D], x without tiny numbers, if it has any
	saved      []float32   // [T][blocks][B][V][16]
	tile       []float32   // [blocks][hoist][B][slots][16], where hoist·B is B or at most hoistRows
	dtile      []float32   // [blocks][T][B][slots][16]
	wt, ut     []float32   // [groups][blocks][slots·16][64], W and U transposed
	xt, ht     []float32   // [D][T·B] and [H][T·B], x and h_{t−1} transposed
}

// NewWorkspace returns a workspace with room for up to steps steps of up to batch rows: each
// call has the rows of its State. It is an error if a size is below 1 or the workspace would
// be too large.
func (c *core) NewWorkspace(steps, batch int) (*Workspace, error) {
	ws, arrays, err := c.newWorkspace(steps, batch)
	if err == nil {
		err = matrix.Allocate(arrays)
	}
	if err != nil {
		return nil, c.wrap("NewWorkspace", err)
	}
	return ws, nil
}

// NewWorkspace returns a workspace with room for up to steps steps of up to batch rows: each
// call has the rows of its State. It is an error if a size is below 1 or the workspace would
// be too large.
func (l *Layer) NewWorkspace(steps, batch int) (*Workspace, error) {
	ws, arrays, err := l.newWorkspace(steps, batch)
	if err == nil {
		ws.backward = func(self int) { l.backward(ws, self) }
		err = matrix.Allocate(append(arrays, ws.backwardArrays()...))
	}
	if err != nil {
		return nil, l.wrap("NewWorkspace", err)
	}
	ws.ends = make([]int, batch)
	return ws, nil
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
func (c *core) newWorkspace(steps, batch int) (*Workspace, []matrix.Allocation, error) {
	if err := check.Positive("steps", steps); err != nil {
		return nil, nil, err
	}
	if err := check.Positive("batch", batch); err != nil {
		return nil, nil, err
	}
	if _, err := check.Count(steps, batch); err != nil {
		return nil, nil, err
	}
	ws := &Workspace{owner: c, maxSteps: steps, maxBatch: batch}
	ws.team.Init()
	ws.forward = func(self int) { c.forward(ws, self) }
	ws.states = make([][]float32, len(c.States))
	arrays := []matrix.Allocation{
		{Array: &ws.flushed, Sizes: []int{steps, batch, c.input}},
		{Array: &ws.saved, Sizes: []int{steps, batch, c.saved, c.padded}},
		{Array: &ws.tile, Sizes: []int{ws.hoistedRows(), c.slots, c.padded}},
	}
	for i := range ws.states {
		arrays = append(arrays, matrix.Allocation{Array: &ws.states[i], Sizes: []int{steps + 1, batch, c.padded}})
	}
	ws.allocateCalls(c.workersFor(steps, batch))
	return ws, arrays, nil
}

// backwardArrays returns the arrays that only Backward needs.
func (ws *Workspace) backwardArrays() []matrix.Allocation {
	c, steps, batch := ws.owner, ws.maxSteps, ws.maxBatch
	ws.cotangents = make([][]float32, len(c.States))
	arrays := []matrix.Allocation{
		{Array: &ws.dtile, Sizes: []int{steps, batch, c.slots, c.padded}},
		{Array: &ws.wt, Sizes: []int{c.blocks, c.x.width(), wholeBlocks(c.input)}},
		{Array: &ws.ut, Sizes: []int{c.blocks, c.h.width(), c.padded}},
		{Array: &ws.xt, Sizes: []int{c.input, steps, batch}},
		{Array: &ws.ht, Sizes: []int{c.hidden, steps, batch}},
	}
	for i := range ws.cotangents {
		arrays = append(arrays, matrix.Allocation{Array: &ws.cotangents[i], Sizes: []int{2, batch, c.padded}})
	}
	return arrays
}

// layOut lays the arrays out for a number of steps and rows.
func (ws *Workspace) layOut(steps, batch int) {
	ws.steps, ws.batch = steps, batch
	ws.hoist = min(ws.maxSteps, max(1, hoistRows/batch))
}

// run runs work on a number of workers, each with its own arguments of kernels.
func (ws *Workspace) run(work func(self int)) {
	workers := ws.owner.workersFor(ws.steps, ws.batch)
	ws.allocateCalls(workers) // more than at first, if GOMAXPROCS has grown
	for _, call := range ws.calls {
		call.Rows = ws.batch
	}
	ws.team.Run(workers, ws.batch <= boundRows, work)
}

// allocateCalls makes the arguments of kernels for a number of workers.
func (ws *Workspace) allocateCalls(workers int) {
	for len(ws.calls) < workers {
		n := len(ws.owner.States)
		ws.calls = append(ws.calls, &kernel.Block{
			Stride: ws.owner.padded,
			Prev:   make([][]float32, n), Next: make([][]float32, n), DNext: make([][]float32, n), DPrev: make([][]float32, n),
		})
	}
}

// outputs returns the outputs that some steps from t on multiply, without padding: the
// outputs of the steps before them, h_0 for t = 0.
func (ws *Workspace) outputs(t, steps int) matrix.Float {
	c, first := ws.owner, t*ws.batch*ws.owner.padded
	return matrix.Strided(ws.states[c.output][first:], steps*ws.batch, c.hidden, c.padded)
}

// units returns the units of one block at step t of states [..][B][Hp].
func (ws *Workspace) units(states []float32, t, block int) []float32 {
	padded := ws.owner.padded
	first := t*ws.batch*padded + block*kernel.Units
	return states[first : first+(ws.batch-1)*padded+kernel.Units]
}

// cotangent returns the cotangents [B][Hp] of a state before step t.
func (ws *Workspace) cotangent(state, t int) []float32 {
	size := ws.batch * ws.owner.padded
	return ws.cotangents[state][t%2*size:][:size]
}

// savedAt returns the values that the kernel saves at step t for a block.
func (ws *Workspace) savedAt(t, block int) []float32 {
	size := ws.batch * ws.owner.saved * kernel.Units
	first := (t*ws.owner.blocks + block) * size
	return ws.saved[first : first+size]
}

// tiles returns a block's tiles for some steps from t on, all of which belong to one
// input product.
func (ws *Workspace) tiles(block, t, steps int) matrix.Float {
	rows, width := steps*ws.batch, ws.owner.slots*kernel.Units
	first := (block*ws.hoist + t%ws.hoist) * ws.batch * width
	return matrix.New(ws.tile[first:first+rows*width], rows, width)
}

// dtiles returns the cotangents of a block's tiles for some steps from t on.
func (ws *Workspace) dtiles(block, t, steps int) matrix.Float {
	rows, width := steps*ws.batch, ws.owner.slots*kernel.Units
	first := (block*ws.steps + t) * ws.batch * width
	return matrix.New(ws.dtile[first:first+rows*width], rows, width)
}

// recurrentTransposed returns a group's columns of one block's panel of U, transposed.
func (ws *Workspace) recurrentTransposed(block int, g group) matrix.Float {
	c := ws.owner
	return panelTransposed(ws.ut, c.blocks, c.h.width(), block, g)
}

// inputTransposed returns a group's columns of one block's panel of W, transposed.
func (ws *Workspace) inputTransposed(block int, g group) matrix.Float {
	c := ws.owner
	return panelTransposed(ws.wt, c.blocks, c.x.width(), block, g)
}

// panelTransposed returns one matrix out of values [groups][blocks][rows][64]; the rows of
// the last group are padded to whole blocks.
func panelTransposed(values []float32, blocks, rows, block int, g group) matrix.Float {
	stride := wholeBlocks(g.units)
	first := (g.first*blocks + block*stride) * rows
	return matrix.Strided(values[first:first+rows*stride], rows, g.units, stride)
}

// transposed returns all of xt or ht, which has a given number of rows.
func (ws *Workspace) transposed(values []float32, rows int) matrix.Float {
	return matrix.New(values, rows, ws.steps*ws.batch)
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
