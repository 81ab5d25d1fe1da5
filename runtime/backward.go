package runtime

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Backward propagates cotangents back through the Forward that ws holds. Its T and B are those
// of that Forward, and ds must have as many rows.
//
//   - ds has the cotangents of the last states on entry, and of the initial states on
//     return, so that the chunks of a sequence chain from last to first, each with the
//     workspace of its own Forward. A nil ds stands for zeros that are not wanted back.
//   - dy [T][B][H], or of the width of y, has the cotangents of y; nil stands for zeros.
//   - dx [T][B][D] is overwritten with the cotangents of x; nil if they are not wanted. It
//     may overlap the x of Forward, all of which is read before dx is written.
//   - The gradients of the weights are added to those in params, which may have the
//     parameters of other parts of the model too.
//
// Steps of a row after the last that has a cotangent are padding: whatever x has there, NaN
// included, has no effect on any gradient.
//
// Batch rows are independent. Only the gradients of the weights depend, by rounding, on
// how a sequence is cut into chunks. ws keeps its Forward, for another Backward, unless
// dx has overwritten x.
//
// It is an error, and nothing changes, if ws is another layer's or holds no Forward, if params
// has no gradients of this layer, if ds does not have this cell's states, if a size does
// not fit, if another goroutine is using ws, ds or the gradients, or if arrays overlap: dy, dx, the
// arrays of ds and the gradients must be apart, x from the arrays of ds and the gradients,
// and the weights from dx and the gradients. dx may overlap x.
func (l *Layer) Backward(ws *Workspace, ds *State, dy, dx []float32, params Params) error {
	if err := l.use(ws, ds); err != nil {
		return l.wrap("Backward", err)
	}
	defer ws.release(ds)
	err := l.checkBackward(ws, ds, dy, dx, params)
	if err == nil {
		err = params.Acquire(l.arrays...)
	}
	if err != nil {
		return l.wrap("Backward", err)
	}
	defer params.Release(l.arrays...)
	for i := range ws.cotangents {
		clear(ws.cotangents[i])
		if ds != nil {
			l.state(i).pad(ws.cotangentRows(i, ws.steps, 1).Data, ds.arrays[i].Data)
		}
	}
	ws.held = !check.Overlap(dx, ws.x)
	ws.dy, ws.dx = dy, dx
	ws.findPadding(ds)
	ws.run(ws.backward)
	ws.dy, ws.dx = nil, nil
	clear(ws.gradients)
	for i := 0; ds != nil && i < len(ds.arrays); i++ {
		l.state(i).unpad(ds.arrays[i].Data, ws.cotangentRows(i, 0, 1).Data)
		kernel.FlushTo(ds.arrays[i].Data, ds.arrays[i].Data)
	}
	return nil
}

// backward is what each worker does. It transposes, then goes back through the stages that
// are not batched, step by step, and through the batched ones, and then sums the gradients of
// inputs and weights over all steps.
func (l *Layer) backward(ws *Workspace, self int) {
	ws.refresh(self)
	l.transpose(ws, self)
	if l.free {
		for _, c := range l.classes {
			l.backwardFree(ws, self, c)
		}
	} else {
		l.backwardSteps(ws, self)
	}
	for _, s := range slices.Backward(l.batched) {
		for part := range ws.team.Parts(self, groups(s.units)) {
			l.backwardBatched(ws, &ws.calls[self][s.index], s, groupOf(part, s.units))
		}
	}
	l.inputGradients(ws, self)
	for _, s := range l.stages {
		for block := range ws.team.Parts(self, s.blocks) {
			l.weightGradients(ws, s, block)
		}
	}
	if len(l.mirrors) > 0 || len(ws.sums) > 0 {
		for range ws.team.Parts(self, 1) {
			l.sharedGradients(ws)
		}
	}
}

// backwardSteps goes back step by step. Every stage of a step is a phase, as the cotangents of
// what it writes need the cotangents of all tiles of the stages after it, those of the next
// step included. Step −1 has only the cotangents of the initial states.
func (l *Layer) backwardSteps(ws *Workspace, self int) {
	inputs := groups(l.input)
	for t := ws.steps - 1; t >= -1; t-- {
		first := true
		for _, s := range slices.Backward(l.stepped) {
			call, units := &ws.calls[self][s.index], groups(s.units)
			parts := units
			if first && l.interleaved() && ws.dx != nil && (t+1)%ws.hoist == 0 && t+1 < ws.steps {
				parts += inputs
			}
			first = false
			for part := range ws.team.Parts(self, parts) {
				if part < units {
					l.backwardStep(ws, call, s, t, groupOf(part, s.units))
				} else {
					l.inputGradient(ws, 0, t+1, min(ws.hoist, ws.steps-t-1), groupOf(part-units, l.input))
				}
			}
		}
	}
}

// backwardFree is a phase that goes back through all steps of the stages of one width that
// are not batched, each group of units on its own.
func (l *Layer) backwardFree(ws *Workspace, self int, c *class) {
	if c.stages[len(c.stages)-1].Batched {
		return
	}
	for part := range ws.team.Parts(self, groups(c.units)) {
		for t := ws.steps - 1; t >= -1; t-- {
			for _, s := range slices.Backward(c.stages) {
				if !s.Batched {
					l.backwardStep(ws, &ws.calls[self][s.index], s, t, groupOf(part, c.units))
				}
			}
		}
	}
}

// backwardBatched goes back through all steps of a batched stage, for a group of units: the
// cotangents of what it writes need the cotangents of stages after it alone, which are known.
func (l *Layer) backwardBatched(ws *Workspace, call *kernel.Block, s *stage, g group) {
	most := ws.hoist
	for _, i := range s.next {
		if l.state(i).dprev == s { // which writes cotangents of the step before
			most = 1
		}
	}
	for end := ws.steps; end > 0; {
		t := max(0, end-most)
		l.complete(ws, s, t, end-t, g)
		for step := end - 1; step >= t; step-- {
			for block, last := g.blocks(); block < last; block++ {
				l.backwardBlock(ws, call, s, step, block)
			}
		}
		end = t
	}
	l.complete(ws, s, -1, 1, g)
}

// backwardStep completes a group's cotangents of what a stage writes at step t, and computes
// the cotangents of its own tiles.
func (l *Layer) backwardStep(ws *Workspace, call *kernel.Block, s *stage, t int, g group) {
	l.complete(ws, s, t, 1, g)
	if t < 0 {
		return
	}
	for block, end := g.blocks(); block < end; block++ {
		l.backwardBlock(ws, call, s, t, block)
	}
}

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

// checkBackward finds the layer's part of the gradients.
func (l *Layer) checkBackward(ws *Workspace, ds *State, dy, dx []float32, params Params) error {
	if !ws.held {
		return fmt.Errorf("the workspace holds no forward pass")
	}
	if ds != nil {
		if err := l.checkState(ds); err != nil {
			return err
		}
		if ds.batch != ws.batch {
			return fmt.Errorf("batch is %d in the state and %d in the Forward that the workspace holds", ds.batch, ws.batch)
		}
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "steps·batch·input", ws.steps, ws.batch, l.input); err != nil {
			return err
		}
	}
	if dy != nil {
		if err := check.Len("dy", len(dy), l.outName, ws.steps, ws.batch, l.out.units); err != nil {
			return err
		}
	}
	if err := l.findGradients(ws.gradients, params); err != nil {
		return err
	}
	return l.checkBackwardOverlap(ws, ds, check.Of("dy", dy), check.Of("dx", dx))
}

// checkBackwardOverlap returns an error if arrays overlap that must not.
func (l *Layer) checkBackwardOverlap(ws *Workspace, ds *State, dy, dx check.Array) error {
	ws.apart = append(ws.apart[:0], check.Of("x", ws.x))
	for i, values := range ws.gradients {
		ws.apart = append(ws.apart, check.Of(l.gradientNames[i], values))
	}
	if err := ds.apartFrom(ws.apart...); err != nil {
		return err
	}
	ws.apart[0] = dx // written, as the gradients are
	for _, written := range ws.apart {
		if err := written.ApartFrom(l.exposed); err != nil {
			return err
		}
	}
	ws.apart = append(ws.apart, dy)
	for i := range ws.apart[1:] { // the gradients come after dy and dx, for messages
		j := len(ws.apart) - 1 - i
		ws.apart[j], ws.apart[j-1] = ws.apart[j-1], ws.apart[j]
	}
	for _, array := range ws.apart {
		if err := array.ApartFrom(ws.named); err != nil {
			return err
		}
	}
	if err := ds.apartFromAll(ws.named); err != nil {
		return err
	}
	return ds.apartFrom(ws.apart...)
}
