package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Rows of a batch may end before its last step. What a kernel computes of a row beyond its end
// is overwritten: states are what they were before the step, and y is zero. Backward counts what
// lies beyond as padding; the cotangents of a row's last states enter where it ends.

// ForwardLengths is Forward with a number of steps for each row, lengths [B], from 0 to T. Beyond
// its end a row's states stay as they are and its y is zero, whatever x has there, NaN included;
// Backward takes no notice of dy there, and sets dx to zero. So every row has the results, bit
// for bit, that it has alone and as long as it is. It is an error if lengths has another size
// or a number out of range; others are as in Forward.
func (c *core) ForwardLengths(ws *Workspace, s *State, x, y []float32, lengths []int) error {
	if err := c.use(ws, s); err != nil {
		return c.wrap("ForwardLengths", err)
	}
	defer ws.release(s)
	steps, err := c.checkForward(ws, s, x, y)
	if err == nil {
		err = check.CheckLengths(lengths, s.batch, steps)
	}
	if err != nil {
		return c.wrap("ForwardLengths", err)
	}
	c.run(ws, s, x, y, steps, lengths)
	ws.held = !ws.inference
	return nil
}

// freezeRows sets what a kernel has computed at step t of rows that have ended: states to those
// before, y to zero.
func (c *core) freezeRows(ws *Workspace, s *stage, t int, b span) {
	for i, row := 0, b.row; i < ws.arrayRows() && len(ws.lengths) > 0; i, row = i+1, row+1 {
		if t < ws.lengths[row] {
			continue
		}
		for _, state := range s.next {
			before, at := ws.stateRows(state, t)
			after, next := ws.stateRows(state, t+1)
			one := span{row, b.first, b.n}
			copy(ws.rowUnits(after, s.padded, next, one), ws.rowUnits(before, s.padded, at, one))
		}
		if s.yields && ws.y != nil {
			y := ws.y[(t*ws.batch+row)*c.out.units:][:c.out.units]
			clear(y[b.first*kernel.Units : min((b.first+b.n)*kernel.Units, c.out.units)])
		}
	}
}

// rowUnits returns the units of some blocks of one row at step t of rows [..][B][Wp].
func (ws *Workspace) rowUnits(rows []float32, padded, t int, b span) []float32 {
	return rows[(t*ws.batch+b.row)*padded+b.first*kernel.Units:][:b.n*kernel.Units]
}

// enterEnds sets the cotangents of a state before n steps from t on, in a group of columns, where
// a row ends before the last step: to the cotangents of its last state.
func (l *Layer) enterEnds(ws *Workspace, state, t, n int, g group) {
	for row, end := range ws.lengths {
		if end < t || end >= t+n || end == ws.steps {
			continue
		}
		to := ws.cotangentRows(state, end, 1).Columns(g.first, g.units).Row(row)
		if ws.ds == nil {
			clear(to)
			continue
		}
		units := l.state(state).units
		kernel.FlushTo(to, ws.ds.arrays[state].Data[row*units+g.first:][:len(to)])
	}
}

// clearEnds clears these cotangents beyond the ends of rows.
func (ws *Workspace) clearEnds(state, t, n int, g group) {
	for row, end := range ws.lengths {
		for step := max(t, end+1); step < t+n; step++ {
			clear(ws.cotangentRows(state, step, 1).Columns(g.first, g.units).Row(row))
		}
	}
}
