package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// rows returns what some steps from t on multiply, without padding: for a state the values
// of the steps before them, s_0 for t = 0.
func (ws *Workspace) rows(i, t, steps int) matrix.Float {
	v := &ws.owner.values[i]
	if i == 0 {
		return matrix.New(ws.flushedInput()[t*ws.batch*v.units:], steps*ws.batch, v.units)
	}
	from, at := ws.sources[i], ws.valueStep(i, t)
	if t > 0 && ws.isYielded(i) {
		from, at = ws.y, t-1
	}
	return matrix.Strided(from[at*ws.batch*v.padded:], steps*ws.batch, v.units, v.padded)
}

// isYielded reports whether a value is a state that kernels write right to y.
func (ws *Workspace) isYielded(i int) bool {
	c := ws.owner
	return c.output >= 0 && i == c.stateAt()+c.output && ws.direct
}

// stateRows returns where a state before step t is: the array, and the step in it.
func (ws *Workspace) stateRows(state, t int) ([]float32, int) {
	if i := ws.owner.stateAt() + state; t == 0 || !ws.isYielded(i) {
		return ws.states[state], ws.valueStep(i, t)
	}
	return ws.y, t - 1
}

// valueStep returns the place of the rows of an input, a state before step t or an operand of
// it. For inference the last two states are kept, and operands of one step.
func (ws *Workspace) valueStep(i, t int) int {
	switch v := &ws.owner.values[i]; {
	case !ws.inference || v.whole():
		return t
	case i < ws.owner.operandAt():
		return t & 1
	}
	return 0
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

// units returns the units of some blocks at step t of rows [..][B][Wp].
func (ws *Workspace) units(rows []float32, padded, t int, b span) []float32 {
	first := (t*ws.batch+b.row)*padded + b.first*kernel.Units
	return rows[first : first+(ws.arrayRows()-1)*padded+b.n*kernel.Units]
}

// operandStep returns the place of an operand of step t.
func (ws *Workspace) operandStep(operand, t int) int {
	return ws.valueStep(ws.owner.operandAt()+operand, t)
}

// cotangentStep returns the place of a state's cotangents before step t.
func (ws *Workspace) cotangentStep(state, t int) int {
	if ws.owner.values[1+len(ws.owner.Inputs)+state].kept {
		return t
	}
	return t & 1
}

// doperandStep returns the place of an operand's cotangents at step t.
func (ws *Workspace) doperandStep(operand, t int) int {
	if ws.owner.values[ws.owner.operandAt()+operand].kept {
		return t
	}
	return 0
}

// savedAt returns the values that a stage saves at step t for some blocks.
func (ws *Workspace) savedAt(s *stage, t int, b span) []float32 {
	if ws.inference && !s.batched {
		t = 0
	}
	return ws.inOrder(ws.saved[s.of], s.width, t, b, s.Saved)
}

// carriedAt returns the values that stages carry at step t for some blocks.
func (ws *Workspace) carriedAt(c *class, t int, b span) []float32 {
	if !c.batched {
		t = 0
	}
	return ws.inOrder(ws.carried[c.index], c.width, t, b, c.carried)
}

// inOrder returns the values of some blocks at step t: of [T][blocks][B][n][16] or, row by row,
// of [T][B][blocks][n][16].
func (ws *Workspace) inOrder(values []float32, w width, t int, b span, n int) []float32 {
	first := (t*w.blocks + b.first) * ws.batch
	if ws.byRow {
		first = (t*ws.batch+b.row)*w.blocks + b.first
	}
	size := n * kernel.Units
	return values[first*size:][:ws.rowsOf(b)*size]
}

// tileOf returns the tiles of some blocks for the step at a place in a chunk.
func (ws *Workspace) tileOf(call *call, s *stage, at int, b span) matrix.Float {
	rows, width := ws.rowsOf(b), s.Slots*kernel.Units
	if call.tile != nil {
		return matrix.New(call.tile[:rows*width], rows, width)
	}
	first := ws.tileRow(s, at, ws.hoist, b)
	return matrix.New(ws.tile[s.index][first*width:(first+rows)*width], rows, width)
}

// dtileOf returns the cotangents of the tiles of some blocks at step t.
func (ws *Workspace) dtileOf(s *stage, t int, b span) []float32 {
	width := s.columns * kernel.Units
	return ws.dtile[s.index][ws.tileRow(s, t, ws.steps, b)*width:][:ws.rowsOf(b)*width]
}

// tileRow returns the place of the first of some blocks' tiles at a step, out of most steps.
func (ws *Workspace) tileRow(s *stage, t, most int, b span) int {
	if ws.byRow {
		return (t*ws.batch+b.row)*s.blocks + b.first
	}
	return (b.first*most + t) * ws.batch
}

// tiles returns a block's tiles for the first steps of a chunk.
func (ws *Workspace) tiles(s *stage, block, steps int) matrix.Float {
	return ws.allRows(ws.tile[s.index], s, block, 0, steps, ws.hoist, s.Slots)
}

// dtiles returns the cotangents of a block's tiles for some steps from t on.
func (ws *Workspace) dtiles(s *stage, block, t, steps int) matrix.Float {
	return ws.allRows(ws.dtile[s.index], s, block, t, steps, ws.steps, s.columns)
}

// allRows returns a block's tiles for some steps from t on, out of [blocks][most][B][slots][16]
// or, row by row, [most][B][blocks][slots][16].
func (ws *Workspace) allRows(tiles []float32, s *stage, block, t, steps, most, slots int) matrix.Float {
	first, rows, width := ws.tileRow(s, t, most, span{0, block, 1}), steps*ws.batch, slots*kernel.Units
	stride := width
	if ws.byRow {
		stride *= s.blocks
	}
	return matrix.Strided(tiles[first*width:][:(rows-1)*stride+width], rows, width, stride)
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
