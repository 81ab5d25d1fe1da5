package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// arrays are the arrays of a workspace. Each has room for the most steps and rows, and is
// laid out for those of the last Forward or Step. Wp is a width in whole blocks: of a state, an
// operand, or the units of a stage.
type arrays struct {
	flushed  []float32   // [T][B][D], x without tiny numbers, if it has any
	given    [][]float32 // [T][B][W], or [T][B]: the inputs beside x
	wide     [][]float32 // [T][B][Wp], or [T][B][16]: what kernels read of x, and the inputs beside it
	states   [][]float32 // each [T+1][B][Wp]
	operands [][]float32 // each [T][B][Wp]
	out      []float32   // [B][Wp], the output of a step, if it is not a state
	saved    [][]float32 // of each width [T][blocks][B][V][16]
	tile     [][]float32 // of each stage [blocks][hoist][B][slots][16], where hoist·B is B or at most hoistRows
	mirrors  [][]float32 // each [blocks][rows][slots][16]
	vectors  [][]float32 // of each width [blocks][n][16], if there are scalars among them

	cotangents [][]float32   // of each state [2][B][Wp], for even and odd steps; [T+1][B][Wp] if a batched stage writes it
	doperands  [][]float32   // of each operand [B][Wp]; [T][B][Wp] if a batched stage writes it
	dout       []float32     // [B][Wp]
	carried    [][]float32   // of each width [blocks][B][C][16]; [T][blocks]… if it has a batched stage
	dtile      [][]float32   // of each stage [blocks][T][B][slots and vectors][16]
	dinputs    [][][]float32 // of each width and input [T][B][Wp]
	dgiven     [][]float32   // like given
	dmirrors   [][]float32   // like mirrors
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
	ws.states, ws.operands = make([][]float32, len(c.States)), make([][]float32, len(c.Operands))
	for i := range ws.states {
		add(&ws.states[i], steps+1, batch, c.state(i).padded)
	}
	for i := range ws.operands {
		add(&ws.operands[i], steps, batch, c.values[c.operandAt()+i].padded)
	}
	if c.output < 0 {
		add(&ws.out, batch, c.out.padded)
	}
	ws.saved, ws.vectors, ws.tile = make([][]float32, len(c.classes)), make([][]float32, len(c.classes)), make([][]float32, len(c.stages))
	for i, class := range c.classes {
		add(&ws.saved[i], steps, batch, class.saved, class.padded)
		if class.scalars {
			add(&ws.vectors[i], len(class.vectors), class.padded)
		}
	}
	for i, s := range c.stages {
		rows := batch
		if s.hoisted() {
			rows = ws.hoistedRows()
		}
		add(&ws.tile[i], rows, s.Slots, s.padded)
	}
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
	for i, s := range c.stages {
		add(&ws.dtile[i], steps, batch, s.columns, s.padded)
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
			add(&ws.dinputs[i][input], steps, batch, class.padded)
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

// rows returns what some steps from t on multiply, without padding: for a state the values
// of the steps before them, s_0 for t = 0.
func (ws *Workspace) rows(i, t, steps int) matrix.Float {
	v := &ws.owner.values[i]
	if i == 0 {
		return matrix.New(ws.flushedInput()[t*ws.batch*v.units:], steps*ws.batch, v.units)
	}
	return matrix.Strided(ws.sources[i][t*ws.batch*v.padded:], steps*ws.batch, v.units, v.padded)
}

// setSources finds what products read: values and, unless they are halves, weights.
func (ws *Workspace) setSources() {
	c := ws.owner
	ws.sources = append(ws.sources, nil)
	for i := range c.Inputs {
		ws.sources = append(ws.sources, ws.wide[1+i])
	}
	ws.sources = append(append(ws.sources, ws.states...), ws.operands...)
	ws.weights, ws.halves = make([][]float32, c.products), make([][]uint16, c.products)
	for _, s := range c.stages {
		for _, p := range s.products {
			switch {
			case p.home < 0:
				ws.weights[p.index] = ws.mirrors[p.mirror]
			case c.halves != nil:
				ws.halves[p.index] = c.halves[p.home]
			default:
				ws.weights[p.index] = c.array(p.home)
			}
		}
	}
}

// units returns the units of one block at step t of rows [..][B][Wp].
func (ws *Workspace) units(rows []float32, padded, t, block int) []float32 {
	first := t*ws.batch*padded + block*kernel.Units
	return rows[first : first+(ws.batch-1)*padded+kernel.Units]
}

// cotangentStep returns the place of a state's cotangents before step t.
func (ws *Workspace) cotangentStep(state, t int) int {
	if ws.owner.values[1+len(ws.owner.Inputs)+state].kept {
		return t
	}
	return t & 1
}

// operandStep returns the place of an operand's cotangents at step t.
func (ws *Workspace) operandStep(operand, t int) int {
	if ws.owner.values[ws.owner.operandAt()+operand].kept {
		return t
	}
	return 0
}

// savedAt returns the values that a stage saves at step t for a block.
func (ws *Workspace) savedAt(s *stage, t, block int) []float32 {
	size := ws.batch * s.Saved * kernel.Units
	first := (t*s.blocks + block) * size
	return ws.saved[s.of][first : first+size]
}

// carriedAt returns the values that stages carry at step t for a block.
func (ws *Workspace) carriedAt(c *class, t, block int) []float32 {
	if !c.batched {
		t = 0
	}
	size := ws.batch * c.carried * kernel.Units
	first := (t*c.blocks + block) * size
	return ws.carried[c.index][first : first+size]
}

// tiles returns a block's tiles for some steps of a chunk, from the one at a place on.
func (ws *Workspace) tiles(s *stage, block, at, steps int) matrix.Float {
	rows, width := steps*ws.batch, s.Slots*kernel.Units
	first := at
	if s.hoisted() {
		first += block * ws.hoist
	} else {
		first += block
	}
	first *= ws.batch * width
	return matrix.New(ws.tile[s.index][first:first+rows*width], rows, width)
}

// dtiles returns the cotangents of a block's tiles for some steps from t on.
func (ws *Workspace) dtiles(s *stage, block, t, steps int) matrix.Float {
	rows, width := steps*ws.batch, s.columns*kernel.Units
	first := (block*ws.steps + t) * ws.batch * width
	return matrix.New(ws.dtile[s.index][first:first+rows*width], rows, width)
}

// panelTransposed returns a group's columns of one block's panel of a product, transposed.
func (ws *Workspace) panelTransposed(p *linear, block int, g group) matrix.Float {
	rows, stride := p.width(), wholeBlocks(g.units)
	first := (g.first*p.stage.blocks + block*stride) * rows
	return matrix.Strided(ws.turned[p.index][first:first+rows*stride], rows, g.units, stride)
}

// sequence returns a value of all steps, transposed.
func (ws *Workspace) sequence(i int) matrix.Float {
	return matrix.New(ws.sequences[i], ws.owner.values[i].units, ws.steps*ws.batch)
}
