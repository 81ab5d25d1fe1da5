package runtime

import "fmt"

// Forward runs the layer over the sequence x [T][B][D] and writes the hidden
// states to y [T][B][H]. B is the workspace's, T follows from the length of x
// and may be anything from 1 to the workspace's steps. s holds h and c before
// the first step and, afterwards, those of the last: a sequence may be given in
// chunks, with the same results bit for bit.
//
// ws keeps what Backward needs, and a reference to x, which must not change
// until Backward has returned. x, y and the arrays of s must not overlap.
func (l *Layer) Forward(ws *Workspace, s *State, x, y []float32) error {
	steps, err := l.checkForward(ws, s, x, y)
	if err != nil {
		return l.wrap("Forward", err)
	}
	l.run(ws, s, x, y, steps)
	ws.held = true
	return nil
}

// Step runs the layer for one step, on x [B][D], with the same results as
// Forward bit for bit. h_t is in s.H afterwards and, unless y is nil, in y
// [B][H]. ws may be of any number of steps; it holds no forward afterwards.
func (l *Layer) Step(ws *Workspace, s *State, x, y []float32) error {
	if err := l.checkStep(ws, s, x, y); err != nil {
		return l.wrap("Step", err)
	}
	l.run(ws, s, x, y, 1)
	ws.x = nil
	return nil
}

// run computes as many steps of x, from the state s to the state s.
func (l *Layer) run(ws *Workspace, s *State, x, y []float32, steps int) {
	ws.held = false
	l.pad(ws.h, s.H)
	l.pad(ws.c, s.C)
	ws.steps, ws.x, ws.y = steps, x, y
	ws.team.run(l.workersFor(steps, ws.batch), ws.forward)
	ws.y = nil
	state := ws.batch * l.padded
	l.unpad(s.H, ws.h[steps*state:])
	l.unpad(s.C, ws.c[steps*state:])
}

// forward is what each worker does: every step is a phase, as each unit needs
// all of the last hidden state.
func (l *Layer) forward(ws *Workspace, self int) {
	for t := range ws.steps {
		for block := range ws.team.parts(self, l.blocks) {
			l.forwardBlock(ws, t, block)
		}
	}
}

// forwardBlock computes step t of a block: its tile, and at once, while it is in
// cache, the kernel. The input's part of the tile is there already, but for
// every ws.hoist-th step.
func (l *Layer) forwardBlock(ws *Workspace, t, block int) {
	if t%ws.hoist == 0 {
		l.startTiles(ws, t, block)
	}
	tile := ws.tiles(block, t, 1)
	if l.half == nil {
		mulAdd(l.h.columns(tile), ws.hidden(t, 1), panel(l.h, l.u, block, l.hidden))
	} else {
		mulAddHalf(l.h.columns(tile), ws.hidden(t, 1), panel(l.h, l.half.u, block, l.hidden))
	}
	h := ws.units(ws.h, t+1, block)
	l.cell.Forward(ws.batch, tile.data, ws.units(ws.c, t, block), ws.savedAt(t, block),
		h, ws.units(ws.c, t+1, block), l.padded)
	if ws.y != nil {
		l.unpadBlock(ws.y[t*ws.batch*l.hidden:], h, block)
	}
}

// unpadBlock copies a block's rows of h to those of y [B][H].
func (l *Layer) unpadBlock(y, h []float32, block int) {
	first := block * BlockUnits
	units := min(BlockUnits, l.hidden-first)
	for i := 0; i < len(h); i += l.padded {
		copy(y[first:][:units], h[i:])
		y = y[l.hidden:]
	}
}

// startTiles computes what does not depend on the hidden state, for the steps
// from t on that there is room for: one product reads W for all of them.
func (l *Layer) startTiles(ws *Workspace, t, block int) {
	steps := min(ws.hoist, ws.steps-t)
	tiles := ws.tiles(block, t, steps)
	l.setBias(tiles, block)
	if l.half == nil {
		mulAdd(l.x.columns(tiles), ws.inputs(t, steps), panel(l.x, l.w, block, l.input))
	} else {
		mulAddHalf(l.x.columns(tiles), ws.inputs(t, steps), panel(l.x, l.half.w, block, l.input))
	}
}

// setBias starts the rows of a tile: the bias on the recurrent side, which is
// last, zero before it.
func (l *Layer) setBias(tile matrix, block int) {
	bias := panel(l.h, l.b, block, 1).data
	for i := range tile.rows {
		row := tile.data[i*tile.stride:][:tile.cols]
		clear(row[:l.h.first*BlockUnits])
		copy(row[l.h.first*BlockUnits:], bias)
	}
}

// checkForward returns T.
func (l *Layer) checkForward(ws *Workspace, s *State, x, y []float32) (int, error) {
	if err := l.checkWorkspace(ws); err != nil {
		return 0, err
	}
	if err := l.checkState(s, ws.batch); err != nil {
		return 0, err
	}
	steps, err := checkRows("x", len(x), "steps·batch·input", ws.batch, l.input)
	if err != nil {
		return 0, err
	}
	if steps > ws.capacity {
		return 0, fmt.Errorf("x has %d steps, the workspace has room for %d", steps, ws.capacity)
	}
	if err := checkLen("y", len(y), "steps·batch·hidden", steps, ws.batch, l.hidden); err != nil {
		return 0, err
	}
	return steps, checkApart(array{"x", x}, array{"y", y}, array{"state H", s.H}, array{"state C", s.C})
}

func (l *Layer) checkStep(ws *Workspace, s *State, x, y []float32) error {
	if err := l.checkWorkspace(ws); err != nil {
		return err
	}
	if err := l.checkState(s, ws.batch); err != nil {
		return err
	}
	if err := checkLen("x", len(x), "batch·input", ws.batch, l.input); err != nil {
		return err
	}
	if y != nil {
		if err := checkLen("y", len(y), "batch·hidden", ws.batch, l.hidden); err != nil {
			return err
		}
	}
	return checkApart(array{"x", x}, array{"y", y}, array{"state H", s.H}, array{"state C", s.C})
}
