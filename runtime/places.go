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
