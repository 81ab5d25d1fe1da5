package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
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
	ws.dy, ws.dx, ws.ds = dy, dx, ds
	ws.findPadding(ds)
	ws.run(ws.backward)
	ws.dy, ws.dx, ws.ds = nil, nil, nil
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
		if len(s.DVectors) == 0 {
			continue
		}
		for part := range ws.team.Parts(self, ws.parts(s.width)) {
			l.vectorGradients(ws, s, s.share(part, ws.parts(s.width)))
		}
	}
	if len(l.mirrors) > 0 || len(ws.sums) > 0 {
		for range ws.team.Parts(self, 1) {
			l.sharedGradients(ws)
		}
	}
}

// backwardSteps goes back step by step. Every stage of a step is a phase, as the cotangents of
// what it writes need the cotangents of all tiles of the stages after it, also in the next
// step included. Step −1 has only the cotangents of the initial states.
func (l *Layer) backwardSteps(ws *Workspace, self int) {
	inputs := groups(l.input)
	for t := ws.steps - 1; t >= -1; t-- {
		first := true
		for _, s := range slices.Backward(l.stepped) {
			call, units := &ws.calls[self][s.index], groups(s.units)
			parts := units
			if first && l.interleaved() && ws.dx != nil && !ws.writesInput(0) && (t+1)%ws.hoist == 0 && t+1 < ws.steps {
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
// are not batched. Workers share the blocks, as in forwardFree; no product adds to cotangents.
func (l *Layer) backwardFree(ws *Workspace, self int, c *class) {
	if c.stages[len(c.stages)-1].Batched {
		return
	}
	parts := ws.team.Size()
	for part := range ws.team.Parts(self, parts) {
		r := c.share(part, parts)
		if r.n == 0 {
			continue
		}
		g := c.groupOf(r)
		for t := ws.steps - 1; t >= -1; t-- {
			for _, s := range slices.Backward(c.stages) {
				if !s.Batched {
					l.backwardStep(ws, &ws.calls[self][s.index], s, t, g)
				}
			}
		}
	}
}

// backwardBatched goes back through all steps of a batched stage, for a group of units: the
// cotangents of what it writes need the cotangents of stages after it alone, which are known.
func (l *Layer) backwardBatched(ws *Workspace, call *call, s *stage, g group) {
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
			l.backwardRange(ws, call, s, step, g.blocks())
		}
		end = t
	}
	l.complete(ws, s, -1, 1, g)
}

// backwardStep completes a group's cotangents of what a stage writes at step t, and computes
// the cotangents of its own tiles.
func (l *Layer) backwardStep(ws *Workspace, call *call, s *stage, t int, g group) {
	l.complete(ws, s, t, 1, g)
	if t >= 0 {
		l.backwardRange(ws, call, s, t, g.blocks())
	}
}
