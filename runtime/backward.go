package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Backward propagates cotangents back through the Forward that ws holds. Its T and B are those
// of that Forward, and ds must have as many rows.
//
//   - ds has the cotangents of the last states on entry, and of the initial states on
//     return, so that the chunks of a sequence chain from last to first, each with the
//     workspace of its own Forward. A nil ds stands for zeros that are not wanted back.
//   - dy [T][B][H] has the cotangents of y; nil stands for zeros.
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
	g, err := l.checkBackward(ws, ds, dy, dx, params)
	if err == nil {
		err = params.Acquire(l.w, l.u, l.b)
	}
	if err != nil {
		return l.wrap("Backward", err)
	}
	defer params.Release(l.w, l.u, l.b)
	for i := range ws.cotangents {
		clear(ws.cotangents[i])
		if ds != nil {
			l.pad(ws.cotangent(i, ws.steps), ds.arrays[i].Data)
		}
	}
	ws.held = !check.Overlap(dx, ws.x)
	ws.dy, ws.dx, ws.gradients = dy, dx, g
	ws.findPadding(ds)
	ws.run(ws.backward)
	ws.dy, ws.dx, ws.gradients = nil, nil, panels{}
	for i := 0; ds != nil && i < len(ds.arrays); i++ {
		l.unpad(ds.arrays[i].Data, ws.cotangent(i, 0))
		kernel.FlushTo(ds.arrays[i].Data, ds.arrays[i].Data)
	}
	return nil
}

// backward is what each worker does. It transposes, then goes back step by step, each step
// a phase, as the cotangent of an output needs the cotangents of all tiles of the next step,
// and then sums the gradients of the weights over all steps.
func (l *Layer) backward(ws *Workspace, self int) {
	units, inputs := groups(l.hidden), groups(l.input)
	for part := range ws.team.Parts(self, units+inputs) {
		if part < units {
			l.transposeRecurrent(ws, groupOf(part, l.hidden))
		} else {
			l.transposeInput(ws, groupOf(part-units, l.input))
		}
	}
	for t := ws.steps - 1; t >= -1; t-- {
		parts := units
		if ws.dx != nil && (t+1)%ws.hoist == 0 && t+1 < ws.steps {
			parts += inputs
		}
		for part := range ws.team.Parts(self, parts) {
			if part < units {
				l.backwardStep(ws, ws.calls[self], t, groupOf(part, l.hidden))
			} else {
				l.inputGradient(ws, t+1, groupOf(part-units, l.input))
			}
		}
	}
	for block := range ws.team.Parts(self, l.blocks) {
		l.weightGradients(ws, block)
	}
}

// backwardStep completes a group's cotangents of the output of step t, by products with
// the cotangents of the tiles of step t+1, and computes the cotangents of its own tiles at
// step t. After the last step there are no tiles to multiply; t = −1 has only the cotangents
// of the initial output.
func (l *Layer) backwardStep(ws *Workspace, call *kernel.Block, t int, g group) {
	dh := matrix.Strided(ws.cotangent(l.output, t+1), ws.batch, l.hidden, l.padded).Columns(g.first, g.units)
	if t < ws.steps-1 {
		if !l.States[l.output].Elementwise {
			matrix.Clear(dh)
		}
		for block := range l.blocks {
			gemm.MulAdd(dh, l.h.columns(ws.dtiles(block, t+1, 1)), ws.recurrentTransposed(block, g))
		}
	}
	if t < 0 {
		return
	}
	if ws.dy != nil {
		size := ws.batch * l.hidden
		gemm.AddTo(dh, matrix.New(ws.dy[t*size:], ws.batch, l.hidden).Columns(g.first, g.units))
	}
	for block, end := g.blocks(); block < end; block++ {
		l.backwardBlock(ws, call, t, block)
	}
}

// backwardBlock runs the kernel for a block at step t.
func (l *Layer) backwardBlock(ws *Workspace, call *kernel.Block, t, block int) {
	call.DTile, call.Saved = ws.dtiles(block, t, 1).Data, ws.savedAt(t, block)
	for i := range l.States {
		call.DNext[i] = ws.units(ws.cotangent(i, t+1), 0, block)
		if l.States[i].Elementwise {
			call.Prev[i] = ws.units(ws.states[i], t, block)
			call.DPrev[i] = ws.units(ws.cotangent(i, t), 0, block)
		} else if i != l.output { // nothing reads s_{t−1}
			matrix.Clear(matrix.Strided(ws.units(ws.cotangent(i, t), 0, block), ws.batch, kernel.Units, l.padded))
		}
	}
	l.cell.Backward(0, call)
	if block == l.blocks-1 {
		l.clearLanes(call.DTile)
	}
	if ws.padded {
		ws.clearPaddedRows(t, call.DTile, l.slots*kernel.Units, l.slots*kernel.Units)
		for i := range l.States {
			if l.States[i].Elementwise {
				ws.clearPaddedRows(t, call.DPrev[i], kernel.Units, l.padded)
			}
		}
	}
}

// inputGradient computes a group of columns of dx, for the steps from t on that belong to
// one input product.
func (l *Layer) inputGradient(ws *Workspace, t int, g group) {
	steps := min(ws.hoist, ws.steps-t)
	size := ws.batch * l.input
	dx := matrix.New(ws.dx[t*size:], steps*ws.batch, l.input).Columns(g.first, g.units)
	matrix.Clear(dx)
	for block := range l.blocks {
		gemm.MulAdd(dx, l.x.columns(ws.dtiles(block, t, steps)), ws.inputTransposed(block, g))
	}
	sameNaNs(dx)
}

// weightGradients adds one block's gradients, each by a single product over time and
// batch: dW += xᵀ·dtile, dU += h_{t−1}ᵀ·dtile, db += Σ dtile.
func (l *Layer) weightGradients(ws *Workspace, block int) {
	dtiles, g := ws.dtiles(block, 0, ws.steps), ws.gradients
	w, u := panel(l.x, g.w, block, l.input), panel(l.h, g.u, block, l.hidden)
	gemm.MulAdd(w, ws.transposed(ws.xt, l.input), l.x.columns(dtiles))
	gemm.MulAdd(u, ws.transposed(ws.ht, l.hidden), l.h.columns(dtiles))
	sameNaNs(w)
	sameNaNs(u)
	if len(l.one.sums) > 0 {
		b := panel(l.one, g.b, block, 1)
		gemm.AddRows(b.Data, l.one.columns(dtiles))
		sameNaNs(b)
	}
}

// transposeRecurrent transposes a group's rows of U and its columns of the outputs.
func (l *Layer) transposeRecurrent(ws *Workspace, g group) {
	for block := range l.blocks {
		gemm.Transpose(ws.recurrentTransposed(block, g), panel(l.h, l.u, block, l.hidden).Block(g.first, g.units))
	}
	ws.transpose(ws.transposed(ws.ht, l.hidden).Block(g.first, g.units), ws.outputs(0, ws.steps).Columns(g.first, g.units))
}

// transposeInput transposes a group's rows of W, if dx is wanted, and its columns of x.
func (l *Layer) transposeInput(ws *Workspace, g group) {
	for block := 0; block < l.blocks && ws.dx != nil; block++ {
		gemm.Transpose(ws.inputTransposed(block, g), panel(l.x, l.w, block, l.input).Block(g.first, g.units))
	}
	ws.transpose(ws.transposed(ws.xt, l.input).Block(g.first, g.units), ws.inputs(0, ws.steps).Columns(g.first, g.units))
}

// transpose transposes rows of all steps, with zeros for padding.
func (ws *Workspace) transpose(to, from matrix.Float) {
	gemm.Transpose(to, from)
	if ws.padded {
		ws.clearPaddedColumns(to)
	}
}

// clearLanes clears the padded lanes of the last block's tiles [..][16].
func (l *layout) clearLanes(tile []float32) {
	units := l.hidden - (l.blocks-1)*kernel.Units
	for i := units; units < kernel.Units && i < len(tile); i += kernel.Units {
		clear(tile[i : i+kernel.Units-units])
	}
}

// checkBackward returns the layer's part of the gradients.
func (l *Layer) checkBackward(ws *Workspace, ds *State, dy, dx []float32, params Params) (panels, error) {
	if !ws.held {
		return panels{}, fmt.Errorf("the workspace holds no forward pass")
	}
	if ds != nil {
		if err := l.checkState(ds); err != nil {
			return panels{}, err
		}
		if ds.batch != ws.batch {
			return panels{}, fmt.Errorf("batch is %d in the state and %d in the Forward that the workspace holds", ds.batch, ws.batch)
		}
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "steps·batch·input", ws.steps, ws.batch, l.input); err != nil {
			return panels{}, err
		}
	}
	if dy != nil {
		if err := check.Len("dy", len(dy), "steps·batch·hidden", ws.steps, ws.batch, l.hidden); err != nil {
			return panels{}, err
		}
	}
	g, err := l.gradients(params)
	if err != nil {
		return panels{}, err
	}
	w, u, b := check.Of("gradients of kernel", g.w), check.Of("gradients of recurrent", g.u), check.Of("gradients of bias", g.b)
	if err := ds.apartFrom(check.Of("x", ws.x), w, u, b); err != nil {
		return panels{}, err
	}
	for _, written := range []check.Array{check.Of("dx", dx), w, u, b} {
		if err := written.ApartFrom(l.exposed); err != nil {
			return panels{}, err
		}
	}
	return g, ds.apartFrom(check.Of("dy", dy), check.Of("dx", dx), w, u, b)
}
