package runtime

import "fmt"

// State is what a layer carries from step to step: the hidden state and the
// cell state, both [B][H], row-major. The zero state starts a sequence. In
// Backward a State holds their cotangents.
type State struct {
	H, C []float32
}

// Zero starts a sequence again.
func (s *State) Zero() {
	clear(s.H)
	clear(s.C)
}

// NewState returns the zero state of batch rows.
func (l *Layer) NewState(batch int) (*State, error) {
	s := new(State)
	err := checkPositive("batch", batch)
	if err == nil {
		err = allocate([]allocation{
			{&s.H, []int{batch, l.hidden}},
			{&s.C, []int{batch, l.hidden}},
		})
	}
	if err != nil {
		return nil, l.wrap("NewState", err)
	}
	return s, nil
}

// Workspace is the memory of one layer's Forward, Backward and Step, so that
// these allocate nothing. Between Forward and Backward it holds what the second
// needs of the first.
type Workspace struct {
	layer           *Layer
	capacity, batch int // steps and rows there is room for
	hoist           int // steps whose input products are one

	team              team
	forward, backward func(self int) // what each of the team does

	steps int       // of the last forward
	x     []float32 // its input
	held  bool      // it is whole, and so is x

	y         []float32 // of the forward that runs
	dy, dx    []float32 // of the backward that runs
	gradients *Gradients

	h, c   []float32 // [T+1][B][Hp]
	saved  []float32 // [T][blocks][B][V][16]
	tile   []float32 // [blocks][hoist][B][slots][16]
	dtile  []float32 // [blocks][T][B][slots][16]
	dh     []float32 // [B][Hp]
	dc     []float32 // [2][B][Hp], of even and of odd steps
	wt, ut []float32 // [groups][blocks][slots·16][64], W and U transposed
	xt, ht []float32 // [D][T·B] and [H][T·B], x and h_{t−1} transposed
}

// NewWorkspace returns a workspace for up to steps steps of batch rows.
func (l *Layer) NewWorkspace(steps, batch int) (*Workspace, error) {
	ws := &Workspace{layer: l, capacity: steps, batch: batch}
	if err := ws.init(); err != nil {
		return nil, l.wrap("NewWorkspace", err)
	}
	return ws, nil
}

// hoistRows is how many rows an input product has if there are as many steps:
// enough for a product not to be bound by reading the weights from memory.
const hoistRows = 192

// init makes the arrays of a workspace.
func (ws *Workspace) init() error {
	l, steps, batch := ws.layer, ws.capacity, ws.batch
	if err := checkPositive("steps", steps); err != nil {
		return err
	}
	if err := checkPositive("batch", batch); err != nil {
		return err
	}
	ws.hoist = min(steps, max(1, hoistRows/batch))
	ws.team.init(batch <= boundRows)
	ws.forward = func(self int) { l.forward(ws, self) }
	ws.backward = func(self int) { l.backward(ws, self) }
	return allocate([]allocation{
		{&ws.h, []int{steps + 1, batch, l.padded}},
		{&ws.c, []int{steps + 1, batch, l.padded}},
		{&ws.saved, []int{steps, batch, l.saved, l.padded}},
		{&ws.tile, []int{ws.hoist, batch, l.slots, l.padded}},
		{&ws.dtile, []int{steps, batch, l.slots, l.padded}},
		{&ws.dh, []int{batch, l.padded}},
		{&ws.dc, []int{2, batch, l.padded}},
		{&ws.wt, []int{l.blocks, l.x.width(), wholeBlocks(l.input)}},
		{&ws.ut, []int{l.blocks, l.h.width(), l.padded}},
		{&ws.xt, []int{l.input, steps, batch}},
		{&ws.ht, []int{l.hidden, steps, batch}},
	})
}

// units returns step t of one block of states [..][B][Hp].
func (ws *Workspace) units(states []float32, t, block int) []float32 {
	padded := ws.layer.padded
	first := t*ws.batch*padded + block*BlockUnits
	return states[first : first+(ws.batch-1)*padded+BlockUnits]
}

// inputs returns the inputs of a number of steps from t on.
func (ws *Workspace) inputs(t, steps int) matrix {
	width := ws.layer.input
	return matrix{ws.x[t*ws.batch*width:], steps * ws.batch, width, width}
}

// hidden returns the hidden states of a number of steps from t on, without their
// padding; those of t = 0 are the initial ones.
func (ws *Workspace) hidden(t, steps int) matrix {
	l, first := ws.layer, t*ws.batch*ws.layer.padded
	return matrix{ws.h[first:], steps * ws.batch, l.hidden, l.padded}
}

// savedAt returns the values that the kernel saves at step t of a block.
func (ws *Workspace) savedAt(t, block int) []float32 {
	size := ws.batch * ws.layer.saved * BlockUnits
	first := (t*ws.layer.blocks + block) * size
	return ws.saved[first : first+size]
}

// tiles returns a block's tiles of a number of steps from t on, of those whose
// input products are one.
func (ws *Workspace) tiles(block, t, steps int) matrix {
	rows, width := steps*ws.batch, ws.layer.slots*BlockUnits
	first := (block*ws.hoist + t%ws.hoist) * ws.batch * width
	return matrix{ws.tile[first : first+rows*width], rows, width, width}
}

// dtiles returns the cotangents of a block's tiles of a number of steps from t on.
func (ws *Workspace) dtiles(block, t, steps int) matrix {
	rows, width := steps*ws.batch, ws.layer.slots*BlockUnits
	first := (block*ws.steps + t) * ws.batch * width
	return matrix{ws.dtile[first : first+rows*width], rows, width, width}
}

// cotangents returns those of c_t, the state before step t.
func (ws *Workspace) cotangents(t int) []float32 {
	size := ws.batch * ws.layer.padded
	return ws.dc[t%2*size:][:size]
}

// recurrentTransposed returns a group's columns of one block's panel of U
// transposed.
func (ws *Workspace) recurrentTransposed(block int, g group) matrix {
	l := ws.layer
	return panelTransposed(ws.ut, l.blocks, l.h.width(), block, g)
}

// inputTransposed returns a group's columns of one block's panel of W transposed.
func (ws *Workspace) inputTransposed(block int, g group) matrix {
	l := ws.layer
	return panelTransposed(ws.wt, l.blocks, l.x.width(), block, g)
}

// panelTransposed returns a matrix of values [groups][blocks][rows][64], in which
// the last group's rows are padded to whole vectors.
func panelTransposed(values []float32, blocks, rows, block int, g group) matrix {
	stride := wholeBlocks(g.units)
	first := (g.first*blocks + block*stride) * rows
	return matrix{values[first : first+rows*stride], rows, g.units, stride}
}

// transposed returns all of xt or ht, whose rows are as many as given.
func (ws *Workspace) transposed(values []float32, rows int) matrix {
	cols := ws.steps * ws.batch
	return matrix{values, rows, cols, cols}
}

// checkWorkspace returns an error unless ws was made by l.
func (l *Layer) checkWorkspace(ws *Workspace) error {
	switch {
	case ws == nil:
		return fmt.Errorf("workspace %w", errNil)
	case ws.layer != l:
		return errForeign("workspace")
	}
	return nil
}

// checkState returns an error unless s has the shape of batch rows.
func (l *Layer) checkState(s *State, batch int) error {
	if s == nil {
		return fmt.Errorf("state %w", errNil)
	}
	if err := checkLen("state H", len(s.H), "batch·hidden", batch, l.hidden); err != nil {
		return err
	}
	return checkLen("state C", len(s.C), "batch·hidden", batch, l.hidden)
}

// pad copies the rows of states [..][H] to padded ones [..][Hp], padding zero.
func (l *layout) pad(padded, states []float32) {
	for len(states) > 0 {
		n := copy(padded[:l.hidden], states)
		clear(padded[n:l.padded])
		padded, states = padded[l.padded:], states[n:]
	}
}

// unpad copies as many rows [..][H] from padded ones [..][Hp].
func (l *layout) unpad(states, padded []float32) {
	for len(states) > 0 {
		n := copy(states[:l.hidden], padded)
		padded, states = padded[l.padded:], states[n:]
	}
}
