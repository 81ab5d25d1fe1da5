package runtime

import "fmt"

// Backward is the reverse of the Forward that ws holds. ds holds the cotangents
// of the last h and c before and, afterwards, those of the initial ones: the
// chunks of a sequence chain from last to first, each with the workspace of its
// own Forward. A nil ds stands for zeros before, not wanted afterwards. dy [T][B][H]
// are the cotangents of y, nil if all zero. dx [T][B][D] is overwritten with the
// cotangents of x, nil if not wanted. The gradients of the weights are added to g. ws
// holds the forward still, unless dx overlaps its x: that it may, as all of x is read
// before dx is written, but there is no second Backward.
//
// It is an error if ws holds no forward. Rows of the batch are independent, and
// g alone depends on the chunks, by its rounding. dy, dx and the arrays of ds must
// not overlap, nor those of ds x.
func (l *Layer) Backward(ws *Workspace, ds *State, dy, dx []float32, g *Gradients) error {
	if err := l.checkBackward(ws, ds, dy, dx, g); err != nil {
		return l.wrap("Backward", err)
	}
	clear(ws.dh)
	clear(ws.dc)
	if ds != nil {
		l.pad(ws.dh, ds.H)
		l.pad(ws.cotangents(ws.steps), ds.C)
	}
	ws.held = !overlap(dx, ws.x)
	ws.dy, ws.dx, ws.gradients = dy, dx, g
	ws.team.run(l.workersFor(ws.steps, ws.batch), ws.backward)
	ws.dy, ws.dx, ws.gradients = nil, nil, nil
	if ds != nil {
		l.unpad(ds.H, ws.dh)
		l.unpad(ds.C, ws.cotangents(0))
	}
	return nil
}

// backward is what each worker does: transpose; step back, each step a phase, as
// each unit's dh needs all of the next tiles' cotangents; sum up the weights'
// gradients over all steps.
func (l *Layer) backward(ws *Workspace, self int) {
	units, inputs := groups(l.hidden), groups(l.input)
	for part := range ws.team.parts(self, units+inputs) {
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
		for part := range ws.team.parts(self, parts) {
			if part < units {
				l.backwardStep(ws, t, groupOf(part, l.hidden))
			} else {
				l.inputGradient(ws, t+1, groupOf(part-units, l.input))
			}
		}
	}
	for block := range ws.team.parts(self, l.blocks) {
		l.weightGradients(ws, block)
	}
}

// backwardStep turns a group's dh from the cotangents of h_{t+1}, whose tiles'
// are there, to those of h_t, and computes the cotangents of its tiles at step t.
// The last step takes dh as it is; before the first there is nothing but dh.
func (l *Layer) backwardStep(ws *Workspace, t int, g group) {
	dh := matrix{ws.dh, ws.batch, l.hidden, l.padded}.columns(g.first, g.units)
	if t < ws.steps-1 {
		clearRows(dh)
		for block := range l.blocks {
			mulAdd(dh, l.h.columns(ws.dtiles(block, t+1, 1)), ws.recurrentTransposed(block, g))
		}
	}
	if t < 0 {
		return
	}
	if ws.dy != nil {
		size := ws.batch * l.hidden
		addTo(dh, matrix{ws.dy[t*size:], ws.batch, l.hidden, l.hidden}.columns(g.first, g.units))
	}
	for block, end := g.blocks(); block < end; block++ {
		dtile := ws.dtiles(block, t, 1).data
		l.cell.Backward(ws.batch, ws.savedAt(t, block), ws.units(ws.c, t, block),
			ws.units(ws.dh, 0, block), ws.units(ws.cotangents(t+1), 0, block),
			dtile, ws.units(ws.cotangents(t), 0, block), l.padded)
		if block == l.blocks-1 {
			l.clearPadding(dtile)
		}
	}
}

// inputGradient computes a group of columns of dx, for the steps from t on whose
// input products are one too.
func (l *Layer) inputGradient(ws *Workspace, t int, g group) {
	steps := min(ws.hoist, ws.steps-t)
	size := ws.batch * l.input
	dx := matrix{ws.dx[t*size:], steps * ws.batch, l.input, l.input}.columns(g.first, g.units)
	clearRows(dx)
	for block := range l.blocks {
		mulAdd(dx, l.x.columns(ws.dtiles(block, t, steps)), ws.inputTransposed(block, g))
	}
}

// weightGradients adds one block's gradients, each by a single product over
// time and batch: dW += xᵀ·dtile, dU += h_{t−1}ᵀ·dtile, db += Σ dtile.
func (l *Layer) weightGradients(ws *Workspace, block int) {
	dtiles, g := ws.dtiles(block, 0, ws.steps), ws.gradients
	recurrent := l.h.columns(dtiles)
	mulAdd(panel(l.x, g.w, block, l.input), ws.transposed(ws.xt, l.input), l.x.columns(dtiles))
	mulAdd(panel(l.h, g.u, block, l.hidden), ws.transposed(ws.ht, l.hidden), recurrent)
	if l.cell.Bias() {
		addRows(panel(l.h, g.b, block, 1).data, recurrent)
	}
}

// transposeRecurrent transposes a group's rows of U, and its columns of the
// hidden states.
func (l *Layer) transposeRecurrent(ws *Workspace, g group) {
	for block := range l.blocks {
		transpose(ws.recurrentTransposed(block, g), panel(l.h, l.u, block, l.hidden).block(g.first, g.units))
	}
	transpose(ws.transposed(ws.ht, l.hidden).block(g.first, g.units), ws.hidden(0, ws.steps).columns(g.first, g.units))
}

// transposeInput does the same on the input's side.
func (l *Layer) transposeInput(ws *Workspace, g group) {
	for block := 0; block < l.blocks && ws.dx != nil; block++ {
		transpose(ws.inputTransposed(block, g), panel(l.x, l.w, block, l.input).block(g.first, g.units))
	}
	transpose(ws.transposed(ws.xt, l.input).block(g.first, g.units), ws.inputs(0, ws.steps).columns(g.first, g.units))
}

// clearPadding clears the padded lanes of the last block's tiles [..][16].
func (l *layout) clearPadding(tile []float32) {
	units := l.hidden - (l.blocks-1)*BlockUnits
	for i := units; units < BlockUnits && i < len(tile); i += BlockUnits {
		clear(tile[i : i+BlockUnits-units])
	}
}

func (l *Layer) checkBackward(ws *Workspace, ds *State, dy, dx []float32, g *Gradients) error {
	if err := l.checkWorkspace(ws); err != nil {
		return err
	}
	if !ws.held {
		return fmt.Errorf("the workspace holds no forward")
	}
	if ds != nil {
		if err := l.checkState(ds, ws.batch); err != nil {
			return err
		}
	}
	if g == nil {
		return fmt.Errorf("gradients %w", errNil)
	}
	if g.layer != l {
		return errForeign("gradients")
	}
	if dx != nil {
		if err := checkLen("dx", len(dx), "steps·batch·input", ws.steps, ws.batch, l.input); err != nil {
			return err
		}
	}
	if dy != nil {
		if err := checkLen("dy", len(dy), "steps·batch·hidden", ws.steps, ws.batch, l.hidden); err != nil {
			return err
		}
	}
	if ds == nil {
		ds = &State{}
	}
	if err := checkApart(array{"x", ws.x}, array{"state H", ds.H}, array{"state C", ds.C}); err != nil {
		return err
	}
	return checkApart(array{"dy", dy}, array{"dx", dx}, array{"state H", ds.H}, array{"state C", ds.C})
}
