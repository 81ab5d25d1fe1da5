package runtime

import "fmt"

// Backward is the reverse of the Forward that ws holds. ds holds the cotangents
// of the last h and c before and, afterwards, those of the initial ones: the
// chunks of a sequence chain from last to first, each with the workspace of its
// own Forward. A nil ds stands for zeros before, not wanted afterwards. dy [T][B][H] are the cotangents of y, nil if all zero. dx
// [T][B][D] is overwritten with the cotangents of x, nil if not wanted. The
// gradients of the weights are added to g. ws holds the forward still.
//
// It is an error if ws holds no forward. Rows of the batch are independent, and
// g alone depends on the chunks, by its rounding.
func (l *Layer) Backward(ws *Workspace, ds *State, dy, dx []float32, g *Gradients) error {
	if err := l.checkBackward(ws, ds, dy, dx, g); err != nil {
		return l.wrap("Backward", err)
	}
	clear(ws.dh)
	clear(ws.dc)
	if ds != nil {
		l.pad(ws.dh, ds.H)
		l.pad(ws.dc, ds.C)
	}
	for block := range l.blocks {
		transpose(ws.recurrentTransposed(block), l.h.panel(l.u, block, l.hidden))
	}
	size := ws.batch * l.hidden
	for t := ws.steps - 1; t >= 0; t-- {
		if dy != nil {
			l.addUnpadded(ws.dh, dy[t*size:(t+1)*size])
		}
		l.backwardStep(ws, t)
	}
	if ds != nil {
		l.unpad(ds.H, ws.dh)
		l.unpad(ds.C, ws.dc)
	}
	l.inputGradient(ws, dx)
	for block := range l.blocks {
		l.weightGradients(ws, g, block)
	}
	return nil
}

// backwardStep computes the tiles' cotangents at step t and turns dh and dc from
// the cotangents of h_t and c_t to those of h_{t−1} and c_{t−1}.
func (l *Layer) backwardStep(ws *Workspace, t int) {
	for block := range l.blocks {
		dtile := ws.dtiles(block, t, 1).data
		l.cell.Backward(ws.batch, ws.savedAt(t, block), ws.units(ws.c, t, block),
			ws.units(ws.dh, 0, block), ws.units(ws.dc, 0, block),
			dtile, ws.units(ws.dcPrev, 0, block), l.padded)
		if block == l.blocks-1 {
			l.clearPadding(dtile)
		}
	}
	ws.dc, ws.dcPrev = ws.dcPrev, ws.dc

	clear(ws.dh)
	dh := matrix{ws.dh, ws.batch, l.hidden, l.padded}
	for block := range l.blocks {
		mulAdd(dh, l.h.columns(ws.dtiles(block, t, 1)), ws.recurrentTransposed(block))
	}
}

// weightGradients adds one block's gradients, each by a single product over
// time and batch: dW += xᵀ·dtile, dU += h_{t−1}ᵀ·dtile, db += Σ dtile.
func (l *Layer) weightGradients(ws *Workspace, g *Gradients, block int) {
	dtiles := ws.dtiles(block, 0, ws.steps)
	recurrent := l.h.columns(dtiles)
	x := matrix{ws.x, dtiles.rows, l.input, l.input}
	mulAddTransA(l.x.panel(g.w, block, l.input), x, l.x.columns(dtiles))
	mulAddTransA(l.h.panel(g.u, block, l.hidden), ws.hidden(0, ws.steps), recurrent)
	if l.cell.Bias() {
		addRows(l.h.panel(g.b, block, 1).data, recurrent)
	}
}

// inputGradient computes dx = Σ dtile·Wᵀ over the blocks, all steps at once.
func (l *Layer) inputGradient(ws *Workspace, dx []float32) {
	if dx == nil {
		return
	}
	clear(dx)
	rows := matrix{dx, ws.steps * ws.batch, l.input, l.input}
	for block := range l.blocks {
		transpose(ws.inputTransposed(), l.x.panel(l.w, block, l.input))
		mulAdd(rows, l.x.columns(ws.dtiles(block, 0, ws.steps)), ws.inputTransposed())
	}
}

// addUnpadded adds the rows of states [..][H] to padded ones [..][Hp].
func (l *layout) addUnpadded(padded, states []float32) {
	for len(states) > 0 {
		for i, v := range states[:l.hidden] {
			padded[i] += v
		}
		padded, states = padded[l.padded:], states[l.hidden:]
	}
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
	if ws.steps == 0 {
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
	if dy == nil {
		return nil
	}
	return checkLen("dy", len(dy), "steps·batch·hidden", ws.steps, ws.batch, l.hidden)
}
