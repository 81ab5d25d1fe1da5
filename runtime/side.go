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

// padInputs prepares what kernels read of x, and of the inputs beside it, for the steps from
// first to end, all of one chunk: rows of whole blocks, without tiny numbers. Rows that are so
// already are read where they are; if a chunk of an input has tiny numbers, a second phase
// copies it.
func (ws *Workspace) padInputs(self, first, end int) {
	if len(ws.wide) == 0 {
		return
	}
	for part := range ws.team.Parts(self, end-first) {
		for i, padded := range ws.wide {
			switch {
			case padded == nil:
			case !ws.owner.asGiven(i):
				ws.padInput(i, first+part)
			case i > 0 && gemm.AnyTiny(ws.inputRows(i, first+part)):
				ws.copied[i][first/ws.hoist].Store(true)
			}
		}
	}
	for i := range ws.wide {
		if ws.copied[i] == nil || !ws.copied[i][first/ws.hoist].Load() { // all workers see the same
			continue
		}
		for part := range ws.team.Parts(self, end-first) {
			ws.padInput(i, first+part)
		}
	}
}

// asGiven reports whether kernels can read an input where it is, if it has no tiny numbers:
// its rows are whole blocks, and no product reads it where kernels do.
func (l *layout) asGiven(i int) bool {
	v := &l.values[i]
	return !v.scalar && v.units == v.padded && (i == 0 || len(v.uses) == 0)
}

// inputRows returns the rows of x, without tiny numbers, or of another input at a step.
func (ws *Workspace) inputRows(i, t int) []float32 {
	from := ws.flushedInput()
	if i > 0 {
		from = ws.given[i-1]
	}
	size, _ := ws.owner.values[i].rowSize()
	return from[t*ws.batch*size:][:ws.batch*size]
}

// padInput copies the rows of an input at a step to rows of whole blocks.
func (ws *Workspace) padInput(i, t int) {
	v := &ws.owner.values[i]
	_, inside := v.rowSize()
	rows, to := ws.inputRows(i, t), ws.wide[i][t*ws.batch*inside:]
	if v.scalar {
		spread(to, rows)
	} else {
		v.pad(to, rows)
	}
}

// wideRows returns the array whose rows kernels read of an input at a step.
func (ws *Workspace) wideRows(i, t int) []float32 {
	switch {
	case !ws.owner.asGiven(i) || i > 0 && ws.copied[i][t/ws.hoist].Load():
		return ws.wide[i]
	case i == 0:
		return ws.flushedInput()
	}
	return ws.given[i-1]
}

// forgetCopies makes all inputs be read where they are.
func (ws *Workspace) forgetCopies() {
	for i := range ws.copied {
		for chunk := range ws.copied[i] {
			ws.copied[i][chunk].Store(false)
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

// writes reports whether kernels write all of an input's cotangents where the caller wants them:
// nothing is added to them, and their rows are whole blocks.
func (l *layout) writes(i int) bool {
	v, writers := &l.values[i], 0
	for _, c := range l.classes {
		if slices.Contains(c.inputs, i) {
			writers++
		}
	}
	return !v.scalar && v.units == v.padded && len(v.uses) == 0 && writers == 1
}

// writesInput reports whether kernels do so in this Backward: not into dx if it overlaps x,
// which they read.
func (ws *Workspace) writesInput(i int) bool {
	return ws.owner.direct[i] && (i > 0 || ws.dx != nil && ws.held)
}

// dinputRows returns the array to which kernels of a width write the cotangents of an input.
func (ws *Workspace) dinputRows(c *class, i int) []float32 {
	switch {
	case !ws.writesInput(i):
		return ws.dinputs[c.index][i]
	case i == 0:
		return ws.dx
	}
	return ws.dgiven[i-1]
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
		if ws.writesInput(i) {
			continue
		}
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
