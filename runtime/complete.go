package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// The cotangent of what a stage writes is the sum of what kernels have written of it, of the
// products that multiply it, in order, and of dy. It is complete before the stage's own kernel
// reads it.

// complete completes a group's cotangents of what a stage writes, for n steps from t on.
func (l *Layer) complete(ws *Workspace, s *stage, t, n int, g group) {
	for _, i := range s.next {
		l.completeState(ws, i, t, n, g)
	}
	if t < 0 {
		return
	}
	for _, i := range s.Operands {
		v := &l.values[l.operandAt()+i]
		at := ws.doperandStep(i, t) * ws.batch * v.padded
		d := matrix.Strided(ws.doperands[i][at:], n*ws.batch, v.units, v.padded).Columns(g.first, g.units)
		matrix.Clear(d)
		l.addProducts(ws, d, v, t, n, g)
	}
}

// completeState completes the cotangents of a state. Of the last step only dy is added: what
// comes after it is known.
func (l *Layer) completeState(ws *Workspace, i, t, n int, g group) {
	v := l.state(i)
	if followed := min(n, ws.steps-1-t); followed > 0 {
		d := ws.cotangentRows(i, t+1, followed).Columns(g.first, g.units)
		if v.dprev == nil {
			matrix.Clear(d)
		}
		if m := ws.maskOf(i); m != nil {
			l.addMasked(ws, m, d, t+1, followed, g)
		} else {
			l.addProducts(ws, d, v, t+1, followed, g)
		}
	}
	l.enterEnds(ws, i, t+1, n, g)
	if i == l.output && ws.dy != nil && t >= 0 {
		dy := matrix.New(ws.dy[t*ws.batch*v.units:], n*ws.batch, v.units)
		gemm.AddTo(ws.cotangentRows(i, t+1, n).Columns(g.first, g.units), dy.Columns(g.first, g.units))
	}
	ws.clearEnds(i, t+1, n, g)
}

// addProducts adds the products of the cotangents of tiles, of n steps from t on, with the
// transposed weights that have multiplied a value, block by block.
func (l *Layer) addProducts(ws *Workspace, d matrix.Float, v *value, t, n int, g group) {
	for _, p := range v.uses {
		rows, stride := p.width(), wholeBlocks(g.units)
		weights := matrix.Strided(ws.turned[p.index][g.first*p.stage.blocks*rows:], p.stage.blocks*rows, g.units, stride)
		if d.Rows == 1 { // the blocks of a row lie side by side
			width := p.stage.columns * kernel.Units
			tiles := ws.dtile[p.stage.index][t*p.stage.blocks*width:][:p.stage.blocks*width]
			if rows == width {
				gemm.MulAdd(d, matrix.New(tiles, 1, len(tiles)), weights)
				continue
			}
			sum := matrix.Strided(d.Data, p.stage.blocks, g.units, 0)
			gemm.MulAddPanels(sum, sum, p.columns(matrix.New(tiles, p.stage.blocks, width)), weights)
			continue
		}
		for block := range p.stage.blocks {
			gemm.MulAdd(d, p.columns(ws.dtiles(p.stage, block, t, n)), weights.Block(block*rows, rows))
		}
	}
}

// cotangentRows returns the cotangents of a state before n steps from t on; n is 1 unless
// the cotangents of all steps are kept.
func (ws *Workspace) cotangentRows(state, t, n int) matrix.Float {
	v := ws.owner.state(state)
	size := ws.batch * v.padded
	rows := ws.cotangents[state][ws.cotangentStep(state, t)*size:][:n*size]
	return matrix.Strided(rows, n*ws.batch, v.units, v.padded)
}

// transpose is a phase that transposes, for each group of columns, the weights that multiply a
// value and the value itself.
func (l *Layer) transpose(ws *Workspace, self int) {
	for part := range ws.team.Parts(self, len(l.transposed)) {
		at := l.transposed[part]
		v := &l.values[at.value]
		for _, p := range v.uses {
			for block := 0; block < p.stage.blocks && (at.value > 0 || ws.dx != nil); block++ {
				gemm.Transpose(ws.panelTransposed(p, block, at.group), panel(p.side, ws.weights[p.index], block, p.rows).Block(at.first, at.units))
			}
		}
		to := ws.sequence(at.value).Block(at.first, at.units)
		gemm.Transpose(to, ws.rows(at.value, 0, ws.steps).Columns(at.first, at.units))
		if ws.padded {
			ws.clearPaddedColumns(to)
		}
	}
}

// turn is a part of the phase that transposes.
type turn struct {
	value int
	group
}

// listTurns lists the parts of the phase that transposes.
func (l *layout) listTurns() {
	for i := range l.values {
		if v := &l.values[i]; len(v.uses) > 0 {
			for part := range groups(v.units) {
				l.transposed = append(l.transposed, turn{i, groupOf(part, v.units)})
			}
		}
	}
}

// weightGradients adds one block's gradients, each by a single product over time and
// batch: dW += xᵀ·dtile, dU += h_{t−1}ᵀ·dtile, db += Σ dtile.
func (l *Layer) weightGradients(ws *Workspace, s *stage, block int) {
	dtiles := ws.dtiles(s, block, 0, ws.steps)
	for _, p := range s.products {
		var d matrix.Float
		if p.home >= 0 {
			d = panel(p.side, ws.gradients[p.home], block, p.rows)
		} else {
			d = panel(p.side, ws.dmirrors[p.mirror], block, p.rows)
			matrix.Clear(d)
		}
		gemm.MulAdd(d, ws.sequence(p.of), p.columns(dtiles))
		sameNaNs(d)
	}
	for _, p := range s.biases {
		b := panel(p.side, ws.gradients[p.home], block, 1)
		gemm.AddRows(b.Data, p.columns(dtiles))
		sameNaNs(b)
	}
}

// sharedGradients adds what several blocks have part in: the gradients of parameters with
// several uses, and the gradients of scalars.
func (l *Layer) sharedGradients(ws *Workspace) {
	for i, m := range l.mirrors {
		m.addTo(ws.gradients, l.homes, ws.dmirrors[i])
		for _, terms := range m.terms {
			for _, t := range terms {
				h := &l.homes[t.home]
				for block := range h.blocks {
					sameNaNs(panel(side{sums: h.sums}, ws.gradients[t.home], block, h.rows))
				}
			}
		}
	}
	l.scalarGradients(ws)
}
