package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Kernels read the vectors and scalars of a width from one panel [blocks][n][16]. Without
// scalars it is the home of the vectors; a scalar is spread over units, in a panel of the
// workspace.

// vectorsOf returns the panel that kernels of a width read.
func (ws *Workspace) vectorsOf(c *class) []float32 {
	if c.scalars {
		return ws.vectors[c.index]
	}
	return ws.owner.array(c.panel)
}

// spreadScalars fills the panels with scalars from the homes.
func (ws *Workspace) spreadScalars() {
	for _, c := range ws.owner.classes {
		for n := 0; n < len(c.vectors) && c.scalars; n++ {
			ws.spreadVector(c, n)
		}
	}
}

// spreadVector fills in the n-th vector, or scalar, of a width.
func (ws *Workspace) spreadVector(c *class, n int) {
	at := ws.owner.place[c.vectors[n]]
	h, values := &ws.owner.homes[at.home], ws.owner.array(at.home)
	for block := range c.blocks {
		to := ws.vectors[c.index][(block*len(c.vectors)+n)*kernel.Units:][:kernel.Units]
		if !h.scalar {
			copy(to, values[h.at(block, 0, at.slot):])
			continue
		}
		for lane := range to {
			to[lane] = values[0]
		}
	}
}

// vectorGradients adds the cotangents of the vectors of a stage, summed over time and rows, for
// some blocks: where these lie side by side, all at once. Those of scalars are yet to be summed
// over units.
func (l *Layer) vectorGradients(ws *Workspace, s *stage, b span) {
	width := s.columns * kernel.Units
	sums := matrix.New(ws.columnSums[s.index][b.first*width:][:b.n*width], b.n, width)
	clear(sums.Data)
	if ws.byRow {
		rows := ws.dtile[s.index][b.first*width:]
		gemm.AddRows(sums.Data, matrix.Strided(rows, ws.steps*ws.batch, len(sums.Data), s.blocks*width))
	}
	for i := range b.n {
		if !ws.byRow {
			gemm.AddRows(sums.Row(i), ws.dtiles(s, b.first+i, 0, ws.steps))
		}
		for j, n := range s.DVectors {
			to := l.vectorGradient(ws, s, j, b.first+i)
			if l.homes[l.place[s.Vectors[n]].home].scalar {
				clear(to)
			}
			gemm.AddRows(to, matrix.New(sums.Row(i)[(s.Slots+j)*kernel.Units:], 1, kernel.Units))
			sameNaNs(matrix.New(to, 1, kernel.Units))
		}
	}
}

// vectorGradient returns where a block's gradients of the i-th vector of a stage are: of a
// scalar, where this Backward keeps its sums, for each lane.
func (l *Layer) vectorGradient(ws *Workspace, s *stage, i, block int) []float32 {
	at := l.place[s.Vectors[s.DVectors[i]]]
	if h := &l.homes[at.home]; !h.scalar {
		return ws.gradients[at.home][h.at(block, 0, at.slot):][:kernel.Units]
	}
	return ws.scalarSum(s.class, s.DVectors[i], block)
}

// scalarSum returns a block's part of the gradient of a scalar, for each lane.
func (ws *Workspace) scalarSum(c *class, n, block int) []float32 {
	first := 0
	for _, other := range ws.owner.classes[:c.index] {
		if other.scalars {
			first += len(other.vectors) * other.padded
		}
	}
	return ws.sums[first+n*c.padded+block*kernel.Units:][:kernel.Units]
}

// scalarGradients adds the gradients of scalars, in the order of stages.
func (l *Layer) scalarGradients(ws *Workspace) {
	for _, s := range l.stages {
		for _, n := range s.DVectors {
			at := l.place[s.Vectors[n]]
			if !l.homes[at.home].scalar {
				continue
			}
			sum := &ws.gradients[at.home][0]
			for block := range s.blocks {
				for _, v := range ws.scalarSum(s.class, n, block) {
					*sum += v
				}
			}
			if isNaN(*sum) {
				*sum = matrix.NaN
			}
		}
	}
}
