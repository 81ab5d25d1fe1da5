package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// call is a worker's arguments of a stage's kernels, and memory for what it computes and needs
// no longer than the call takes.
type call struct {
	kernel.Block
	tile  []float32 // [rows][slots][16], if tiles are brief
	row   []float32 // [slots and vectors][16]
	saved []float32 // [rows][V][16], if no stage after this one and no Backward reads it
}

// span is some blocks of units that follow each other, n of them from the first on: of one row,
// if a call takes several blocks, and else of all rows.
type span struct{ row, first, n int }

// share returns the blocks of one of several parts.
func (w width) share(part, parts int) span {
	first := part * w.blocks / parts
	return span{0, first, (part+1)*w.blocks/parts - first}
}

// A layer computes either block by block, each for all rows of the batch, or row by row, each
// for several blocks at once: then the blocks of a row lie side by side in all arrays, tiles
// among them, a kernel takes them as its rows, and a product takes their panels. Row by row
// goes a batch of one, to save calls, and a cell whose blocks need no other block, to go
// through memory in order.

// goesByRow reports whether a workspace, of this many rows, computes row by row. A product that
// is not of one row, nor of all steps of a chunk, is better off block by block, and so are many
// rows of a few blocks.
func (ws *Workspace) goesByRow() bool {
	const few = 16
	return ws.batch == 1 || ws.owner.rowwise && ws.maxSteps > 1 && ws.owner.mostBlocks >= min(ws.batch, few)
}

// A call takes at most fewBlocks, so that the next step can begin with the weights that were read
// last, or manyBlocks if these are not in cache anyway, as other stages came in between, or if
// there are none.
const fewBlocks, manyBlocks = 8, 32

// mostBlocks returns how many blocks a call takes at most.
func (ws *Workspace) mostBlocks() int {
	switch {
	case !ws.byRow:
		return 1
	case ws.owner.rowwise || len(ws.owner.stepped) > 1:
		return manyBlocks
	}
	return fewBlocks
}

// calledRows returns how many rows have calls of their own.
func (ws *Workspace) calledRows() int {
	if ws.byRow {
		return ws.batch
	}
	return 1
}

// arrayRows returns how many rows of the batch a call takes.
func (ws *Workspace) arrayRows() int {
	if ws.byRow {
		return 1
	}
	return ws.batch
}

// rowsOf returns how many rows a kernel takes for some blocks.
func (ws *Workspace) rowsOf(b span) int {
	if ws.byRow {
		return b.n
	}
	return b.n * ws.batch
}

// reverse reports whether step t begins with the last block.
func (ws *Workspace) reverse(t int) bool {
	return ws.byRow && len(ws.owner.stepped) == 1 && !ws.owner.free && t%2 == 1
}

// parts returns how many parts a phase over all blocks has: several blocks each if a call takes
// several.
func (ws *Workspace) parts(w width) int {
	if ws.byRow {
		return min(w.blocks, ws.team.Size())
	}
	return w.blocks
}

// brief reports whether the tiles of a stage are computed as a whole when its kernel is called,
// and not in part for a chunk of steps.
func (ws *Workspace) brief(s *stage) bool { return !s.hoisted() || ws.maxSteps == 1 }

// passing reports whether nothing reads what a stage saves.
func (ws *Workspace) passing(s *stage) bool {
	return ws.inference && len(s.stages) == 1 && !s.batched
}

// scratchSizes returns the sizes of a call's tile and saved values, for the stage with most.
func (ws *Workspace) scratchSizes() (tile, saved []int) {
	slots, values := 0, 0
	for _, s := range ws.owner.stages {
		if ws.brief(s) {
			slots = max(slots, s.Slots)
		}
		if ws.passing(s) {
			values = max(values, s.Saved)
		}
	}
	rows := max(ws.maxBatch, min(manyBlocks, ws.owner.layout.mostBlocks))
	return []int{rows, slots, kernel.Units}, []int{rows, values, kernel.Units}
}

// mostColumns returns the slots and vectors of the stage with most.
func (ws *Workspace) mostColumns() (most int) {
	for _, s := range ws.owner.stages {
		most = max(most, s.columns)
	}
	return most
}

// allocateCalls makes the calls of a number of workers. All calls of a worker share their
// memory; the first worker's is among the arrays.
func (ws *Workspace) allocateCalls(workers int) {
	c := ws.owner
	for len(ws.calls) < workers {
		tile, saved, row := ws.firstTile, ws.firstSaved, ws.firstRow
		if len(ws.calls) > 0 {
			tile, saved, row = matrix.Floats(len(tile)), matrix.Floats(len(saved)), matrix.Floats(len(row))
		}
		rows := func(n int) [][]float32 { return make([][]float32, n) }
		calls := make([]call, len(c.stages))
		for i, s := range c.stages {
			calls[i] = call{row: row, Block: kernel.Block{
				Prev: rows(len(c.States)), Next: rows(len(c.States)), DNext: rows(len(c.States)), DPrev: rows(len(c.States)),
				Inputs: rows(c.stateAt()), DInputs: rows(c.stateAt()),
				Operands: rows(len(c.Operands)), DOperands: rows(len(c.Operands)),
			}}
			if ws.brief(s) {
				calls[i].tile = tile
			}
			if ws.passing(s) {
				calls[i].saved = saved
			}
		}
		ws.calls = append(ws.calls, calls)
	}
}

// alikeBlocks reports whether kernels of a stage may take several blocks as rows: not if they
// read numbers of a row, which are spread over as many units as one block has.
func (l *layout) alikeBlocks(s *stage) bool {
	return !slices.ContainsFunc(s.Inputs, func(i int) bool { return l.values[i].scalar })
}
