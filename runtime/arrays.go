package runtime

import (
	"slices"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// arrays are the arrays of a workspace. Each has room for the most steps and rows, and is
// laid out for the steps and rows of the last Forward or Step. Wp is a width in whole blocks: of a state, an
// operand, or the units of a stage.
type arrays struct {
	flushed  []float32       // [T][B][D], x without tiny numbers, if it has any
	given    [][]float32     // [T][B][W], or [T][B]: the inputs beside x
	wide     [][]float32     // [T][B][Wp], or [T][B][16]: what kernels read of x, and the inputs beside it
	copied   [][]atomic.Bool // of each input of wide that may be read where it is, chunk by chunk: whether it is not
	states   [][]float32     // each [T+1][B][Wp]
	operands [][]float32     // each [T][B][Wp]
	out      []float32       // [B][Wp], the output of a step, if it is not a state
	saved    [][]float32     // of each width [T][blocks][B][V][16]
	tile     [][]float32     // of each stage whose tiles are not brief [blocks][hoist][B][slots][16], where hoist·B is B or at most hoistRows

	firstTile, firstSaved, firstRow []float32   // of the first worker's calls
	mirrors                         [][]float32 // each [blocks][rows][slots][16]
	vectors                         [][]float32 // of each width [blocks][n][16], if there are scalars among them

	cotangents [][]float32   // of each state [2][B][Wp], for even and odd steps; [T+1][B][Wp] if a batched stage writes it
	doperands  [][]float32   // of each operand [B][Wp]; [T][B][Wp] if a batched stage writes it
	dout       []float32     // [B][Wp]
	carried    [][]float32   // of each width [blocks][B][C][16]; [T][blocks]… if it has a batched stage
	dtile      [][]float32   // of each stage [blocks][T][B][slots and vectors][16]
	dinputs    [][][]float32 // of each width and input [T][B][Wp]
	dgiven     [][]float32   // like given
	dmirrors   [][]float32   // like mirrors
	columnSums [][]float32   // of each stage with cotangents of vectors [blocks][slots and vectors][16]
	sums       []float32     // [blocks][16] for each scalar of each width
	turned     [][]float32   // of each product [groups][blocks][slots·16][64], weights transposed
	sequences  [][]float32   // of each value [units][T·B], transposed

	sources [][]float32 // of each value except x: what products read
	weights [][]float32 // of each product, nil if it has halves
	halves  [][]uint16  // of each product

	named []check.Array // given and dgiven
	apart []check.Array // arguments of Backward that must not overlap
}

// forwardArrays returns the arrays that Forward needs, which are yet to be made.
func (ws *Workspace) forwardArrays() (list []matrix.Allocation) {
	c, steps, batch := ws.owner, ws.maxSteps, ws.maxBatch
	add := func(array *[]float32, sizes ...int) {
		list = append(list, matrix.Allocation{Array: array, Sizes: sizes})
	}
	add(&ws.flushed, steps, batch, c.input)
	ws.given, ws.wide = make([][]float32, len(c.Inputs)), make([][]float32, c.stateAt())
	for i := range ws.given {
		outside, inside := c.values[1+i].rowSize()
		add(&ws.given[i], steps, batch, outside)
		add(&ws.wide[1+i], steps, batch, inside)
	}
	if slices.ContainsFunc(c.stages, func(s *stage) bool { return slices.Contains(s.Inputs, 0) }) {
		add(&ws.wide[0], steps, batch, c.values[0].padded)
	} else if len(c.Inputs) == 0 {
		ws.wide = nil
	}
	ws.copied = make([][]atomic.Bool, len(ws.wide))
	for i := range ws.copied {
		if i > 0 && c.asGiven(i) {
			ws.copied[i] = make([]atomic.Bool, steps)
		}
	}
	ws.states, ws.operands = make([][]float32, len(c.States)), make([][]float32, len(c.Operands))
	for i := range ws.states {
		depth := steps + 1
		if ws.inference && !c.state(i).whole() {
			depth = 2
		}
		add(&ws.states[i], depth, batch, c.state(i).padded)
	}
	for i := range ws.operands {
		v, depth := &c.values[c.operandAt()+i], steps
		if ws.inference && !v.whole() {
			depth = 1
		}
		add(&ws.operands[i], depth, batch, v.padded)
	}
	if c.output < 0 {
		add(&ws.out, batch, c.out.padded)
	}
	ws.saved, ws.vectors, ws.tile = make([][]float32, len(c.classes)), make([][]float32, len(c.classes)), make([][]float32, len(c.stages))
	for i, class := range c.classes {
		depth := steps
		if ws.inference && !class.batched {
			depth = 1
		}
		if !ws.passing(class.stages[0]) {
			add(&ws.saved[i], depth, batch, class.saved, class.padded)
		}
		if class.scalars {
			add(&ws.vectors[i], len(class.vectors), class.padded)
		}
	}
	for i, s := range c.stages {
		if !ws.brief(s) {
			add(&ws.tile[i], ws.hoistedRows(), s.Slots, s.padded)
		}
	}
	tile, saved := ws.scratchSizes()
	add(&ws.firstTile, tile...)
	add(&ws.firstSaved, saved...)
	add(&ws.firstRow, ws.mostColumns(), kernel.Units)
	ws.mirrors = c.copies
	if c.copies == nil {
		ws.mirrors = make([][]float32, len(c.mirrors))
		for i, m := range c.mirrors {
			add(&ws.mirrors[i], m.sizes()...)
		}
	}
	return list
}

// backwardArrays returns the arrays that only Backward needs.
func (ws *Workspace) backwardArrays() (list []matrix.Allocation) {
	c, steps, batch := ws.owner, ws.maxSteps, ws.maxBatch
	add := func(array *[]float32, sizes ...int) {
		list = append(list, matrix.Allocation{Array: array, Sizes: sizes})
	}
	make2 := func(n int) [][]float32 { return make([][]float32, n) }
	ws.dtile, ws.carried, ws.dinputs = make2(len(c.stages)), make2(len(c.classes)), make([][][]float32, len(c.classes))
	ws.columnSums = make2(len(c.stages))
	for i, s := range c.stages {
		add(&ws.dtile[i], steps, batch, s.columns, s.padded)
		if len(s.DVectors) > 0 {
			add(&ws.columnSums[i], s.columns, s.padded)
		}
	}
	scalars := 0
	for i, class := range c.classes {
		depth := 1
		if class.batched {
			depth = steps
		}
		add(&ws.carried[i], depth, batch, class.carried, class.padded)
		ws.dinputs[i] = make2(c.stateAt())
		for _, input := range class.inputs {
			if input == 0 || !c.direct[input] {
				add(&ws.dinputs[i][input], steps, batch, class.padded)
			}
		}
		if class.scalars {
			scalars += len(class.vectors) * class.padded
		}
	}
	add(&ws.sums, scalars)
	ws.cotangents, ws.doperands = make2(len(c.States)), make2(len(c.Operands))
	for i := range ws.cotangents {
		depth := 2
		if c.state(i).whole() {
			depth = steps + 1
		}
		add(&ws.cotangents[i], depth, batch, c.state(i).padded)
	}
	for i := range ws.doperands {
		v, depth := &c.values[c.operandAt()+i], 1
		if v.whole() {
			depth = steps
		}
		add(&ws.doperands[i], depth, batch, v.padded)
	}
	if c.output < 0 {
		add(&ws.dout, batch, c.out.padded)
	}
	ws.dgiven, ws.dmirrors = make2(len(c.Inputs)), make2(len(c.mirrors))
	for i := range ws.dgiven {
		outside, _ := c.values[1+i].rowSize()
		add(&ws.dgiven[i], steps, batch, outside)
	}
	for i, m := range c.mirrors {
		add(&ws.dmirrors[i], m.sizes()...)
	}
	ws.turned, ws.sequences = make2(c.products), make2(len(c.values))
	for i := range c.values {
		v := &c.values[i]
		for _, p := range v.uses {
			add(&ws.turned[p.index], p.stage.blocks, p.width(), v.padded)
		}
		if len(v.uses) > 0 {
			add(&ws.sequences[i], v.units, steps, batch)
		}
	}
	return list
}

// ready finds its arrays, once they are made.
func (ws *Workspace) ready() *Workspace {
	ws.allocateCalls(ws.owner.workersFor(ws.maxSteps, ws.maxBatch))
	ws.lengths = make([]int, 0, ws.maxBatch)
	ws.nameInputs()
	ws.setSources()
	return ws
}

// nameInputs names the arrays of inputs beside x, which results must not overwrite.
func (ws *Workspace) nameInputs() {
	for i, in := range ws.owner.Inputs {
		ws.named = append(ws.named, check.Of("input "+in.Name, ws.given[i]))
		if ws.dgiven != nil {
			ws.named = append(ws.named, check.Of("gradient of input "+in.Name, ws.dgiven[i]))
		}
	}
}
