package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Input returns the array of an input that the cell reads beside x, by its name: [T][B] and
// the input's width, or [T][B] if it is one number a row. It has room for the most steps and
// rows; the caller fills it from its beginning, for the T and B of the coming Forward or Step.
// It is nil if the cell has no such input.
func (ws *Workspace) Input(name string) []float32 { return ws.beside(ws.given, name) }

// InputGradient returns the cotangents of an input beside x, which Backward overwrites: an
// array like that of Input. It is nil if the cell has no such input, or if the workspace is a
// HalfLayer's.
func (ws *Workspace) InputGradient(name string) []float32 { return ws.beside(ws.dgiven, name) }

func (ws *Workspace) beside(arrays [][]float32, name string) []float32 {
	for i, in := range ws.owner.Inputs {
		if in.Name == name && i < len(arrays) {
			return arrays[i]
		}
	}
	return nil
}

// rowSize returns how many numbers of a value a row has outside, and how many inside.
func (v *value) rowSize() (outside, inside int) {
	if v.scalar {
		return 1, kernel.Units
	}
	return v.units, v.padded
}

// padInputs is a phase that copies what kernels read of x and of the inputs beside it, without
// tiny numbers, to rows of whole blocks.
func (ws *Workspace) padInputs(self int) {
	if len(ws.wide) == 0 {
		return
	}
	c := ws.owner
	for t := range ws.team.Parts(self, ws.steps) {
		for i, padded := range ws.wide {
			if padded == nil {
				continue
			}
			v := &c.values[i]
			outside, inside := v.rowSize()
			from := ws.x
			if i > 0 {
				from = ws.given[i-1]
			}
			rows, to := from[t*ws.batch*outside:][:ws.batch*outside], padded[t*ws.batch*inside:]
			if v.scalar {
				spread(to, rows)
			} else {
				v.pad(to, rows)
			}
		}
	}
}

// spread writes each number of rows to as many places as a block has units, and flushes it.
func spread(to, rows []float32) {
	for i, number := range rows {
		number = kernel.Flush(number)
		for lane := range kernel.Units {
			to[i*kernel.Units+lane] = number
		}
	}
}

// inputGradient computes a group of columns of the cotangents of x, or of an input beside it,
// for n steps from t on: products, and what kernels have written.
func (l *Layer) inputGradient(ws *Workspace, input, t, n int, g group) {
	v, to := &l.values[input], ws.dx
	if input > 0 {
		to = ws.dgiven[input-1]
	}
	dx := matrix.New(to[t*ws.batch*v.units:], n*ws.batch, v.units).Columns(g.first, g.units)
	matrix.Clear(dx)
	l.addProducts(ws, dx, v, t, n, g)
	for i, c := range l.classes {
		if slices.Contains(c.inputs, input) {
			rows := ws.dinputs[i][input][t*ws.batch*c.padded:]
			gemm.AddTo(dx, matrix.Strided(rows, n*ws.batch, v.units, c.padded).Columns(g.first, g.units))
		}
	}
	sameNaNs(dx)
}

// numberGradient sums the cotangents of an input of one number a row over units, for step t.
func (l *Layer) numberGradient(ws *Workspace, input, t int) {
	for row := t * ws.batch; row < (t+1)*ws.batch; row++ {
		var sum float32
		for i, c := range l.classes {
			if slices.Contains(c.inputs, input) {
				for _, d := range ws.dinputs[i][input][row*c.padded:][:c.units] {
					sum += d
				}
			}
		}
		if isNaN(sum) {
			sum = matrix.NaN
		}
		ws.dgiven[input-1][row] = sum
	}
}

// inputGradients are the phases that compute the cotangents of the inputs, and of x if that is
// still to be done.
func (l *Layer) inputGradients(ws *Workspace, self int) {
	first := 1
	if ws.dx != nil && !l.interleaved() {
		first = 0
	}
	for i := first; i < l.stateAt(); i++ {
		if l.values[i].scalar {
			for t := range ws.team.Parts(self, ws.steps) {
				l.numberGradient(ws, i, t)
			}
			continue
		}
		units, chunks := groups(l.values[i].units), (ws.steps+ws.hoist-1)/ws.hoist
		for part := range ws.team.Parts(self, units*chunks) {
			t := part / units * ws.hoist
			l.inputGradient(ws, i, t, min(ws.hoist, ws.steps-t), groupOf(part%units, l.values[i].units))
		}
	}
}

// interleaved reports whether dx is computed chunk by chunk, between steps, while the
// cotangents of the tiles are in cache.
func (l *layout) interleaved() bool { return len(l.batched) == 0 && !l.free }
