package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// backwardBlock runs the kernel for a block at step t.
func (l *Layer) backwardBlock(ws *Workspace, call *kernel.Block, s *stage, t, block int) {
	call.DTile, call.Saved = ws.dtiles(s, block, t, 1).Data, ws.savedAt(s, t, block)
	for _, i := range s.prev {
		call.Prev[i] = ws.units(ws.states[i], s.padded, t, block)
	}
	for _, i := range s.next {
		call.DNext[i] = ws.units(ws.cotangents[i], s.padded, ws.cotangentStep(i, t+1), block)
	}
	for _, i := range s.dprev {
		call.DPrev[i] = ws.units(ws.cotangents[i], s.padded, ws.cotangentStep(i, t), block)
	}
	if s.more || s.carried > 0 {
		ws.setMoreBackward(call, s, t, block)
	}
	l.cell.Backward(s.index, call)
	if block == s.blocks-1 {
		s.clearLanes(call.DTile)
	}
	if ws.padded {
		ws.clearPadding(call, s, t)
	}
}

// setMoreBackward is setMore for Backward, with what stages keep for those before.
func (ws *Workspace) setMoreBackward(call *kernel.Block, s *stage, t, block int) {
	ws.setReads(call, s, t, block)
	for _, i := range s.Operands {
		call.DOperands[i] = ws.units(ws.doperands[i], s.padded, ws.operandStep(i, t), block)
	}
	for _, i := range s.DInputs {
		call.DInputs[i] = ws.units(ws.dinputs[s.class.index][i], s.padded, t, block)
	}
	if s.carried > 0 {
		call.Carried = ws.carriedAt(s.class, t, block)
	}
	if s.Output {
		call.DOutput = ws.outputCotangent(t, block)
	}
}

// outputCotangent returns a block's part of dy, in whole blocks, if the output is not a state.
func (ws *Workspace) outputCotangent(t, block int) []float32 {
	out := ws.owner.out
	d := ws.units(ws.dout, out.padded, 0, block)
	if ws.dy == nil {
		matrix.Clear(matrix.Strided(d, ws.batch, kernel.Units, out.padded))
	} else {
		out.padBlock(d, ws.dy[t*ws.batch*out.units:], block)
	}
	return d
}

// clearPadding clears what a kernel has written for rows that are padding at step t.
func (ws *Workspace) clearPadding(call *kernel.Block, s *stage, t int) {
	width := s.columns * kernel.Units
	ws.clearPaddedRows(t, call.DTile, width, width)
	for _, i := range s.dprev {
		ws.clearPaddedRows(t, call.DPrev[i], kernel.Units, s.padded)
	}
	for _, i := range s.DInputs {
		ws.clearPaddedRows(t, call.DInputs[i], kernel.Units, s.padded)
	}
	if width := s.carried * kernel.Units; width > 0 {
		ws.clearPaddedRows(t, call.Carried, width, width)
	}
}

// clearLanes clears the padded lanes of the last block's tiles [..][16].
func (w width) clearLanes(tile []float32) {
	units := w.last()
	for i := units; units < kernel.Units && i < len(tile); i += kernel.Units {
		clear(tile[i : i+kernel.Units-units])
	}
}
