package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// backwardRange runs the kernel of a stage at step t, for a range of blocks of every row.
func (l *Layer) backwardRange(ws *Workspace, call *call, s *stage, t int, b span) {
	for b.row = 0; b.row < ws.calledRows(); b.row++ {
		l.backwardBlocks(ws, call, s, t, b)
	}
}

// backwardBlocks runs the kernel for some blocks at step t.
func (l *Layer) backwardBlocks(ws *Workspace, call *call, s *stage, t int, b span) {
	if b.n > 1 && (!ws.byRow || !s.alike) {
		for i := range b.n {
			l.backwardBlocks(ws, call, s, t, span{b.row, b.first + i, 1})
		}
		return
	}
	call.DTile, call.Saved, call.Rows = ws.dtileOf(s, t, b), ws.savedAt(s, t, b), ws.rowsOf(b)
	for _, i := range s.prev {
		call.Prev[i] = ws.units(ws.states[i], s.padded, t, b)
	}
	for _, i := range s.next {
		call.DNext[i] = ws.units(ws.cotangents[i], s.padded, ws.cotangentStep(i, t+1), b)
	}
	for _, i := range s.dprev {
		call.DPrev[i] = ws.units(ws.cotangents[i], s.padded, ws.cotangentStep(i, t), b)
	}
	if s.more || s.carried > 0 {
		ws.setMoreBackward(call, s, t, b)
	}
	l.cell.Backward(s.index, &call.Block)
	if b.first+b.n == s.blocks {
		size := len(call.DTile) / b.n
		s.clearLanes(call.DTile[len(call.DTile)-size:])
	}
	if ws.padded {
		ws.clearPadding(call, s, t, b)
	}
}

// setMoreBackward is setMore for Backward, with what stages keep for those before.
func (ws *Workspace) setMoreBackward(call *call, s *stage, t int, b span) {
	ws.setReads(call, s, t, b)
	for _, i := range s.Operands {
		call.DOperands[i] = ws.units(ws.doperands[i], s.padded, ws.doperandStep(i, t), b)
	}
	for _, i := range s.DInputs {
		call.DInputs[i] = ws.units(ws.dinputRows(s.class, i), s.padded, t, b)
	}
	if s.carried > 0 {
		call.Carried = ws.carriedAt(s.class, t, b)
	}
	if s.Output {
		call.DOutput = ws.outputCotangent(t, b)
	}
}

// outputCotangent returns the part of some blocks of dy, in whole blocks, if the output is not a state.
func (ws *Workspace) outputCotangent(t int, b span) []float32 {
	out := ws.owner.out
	if ws.dy != nil && out.units == out.padded {
		return ws.units(ws.dy, out.padded, t, b)
	}
	d := ws.units(ws.dout, out.padded, 0, b)
	if ws.dy == nil {
		matrix.Clear(matrix.Strided(d, ws.arrayRows(), b.n*kernel.Units, out.padded))
	} else {
		out.padBlocks(d, ws.dy[(t*ws.batch+b.row)*out.units:], b)
	}
	return d
}

// clearPadding clears what a kernel has written for rows that are padding at step t.
func (ws *Workspace) clearPadding(call *call, s *stage, t int, b span) {
	units := b.n * kernel.Units
	ws.clearPaddedRows(t, b, call.DTile, s.columns*units, s.columns*units)
	for _, i := range s.dprev {
		ws.clearPaddedRows(t, b, call.DPrev[i], units, s.padded)
	}
	for _, i := range s.DInputs {
		ws.clearPaddedRows(t, b, call.DInputs[i], units, s.padded)
	}
	if s.carried > 0 {
		ws.clearPaddedRows(t, b, call.Carried, s.carried*units, s.carried*units)
	}
}

// clearLanes clears the padded lanes of the last block's tiles [..][16].
func (w width) clearLanes(tile []float32) {
	units := w.last()
	for i := units; units < kernel.Units && i < len(tile); i += kernel.Units {
		clear(tile[i : i+kernel.Units-units])
	}
}
