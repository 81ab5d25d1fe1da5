package runtime

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// A mask has a factor for each row and unit of a state, the same in all steps: products read the
// state before the step times its mask, and kernels read it as it is. The product of the two is
// kept for all steps, as Backward reads it too.

// mask is the mask of one state.
type mask struct {
	state   int
	factors []float32 // [B][W], the caller's
	used    bool      // whether one of them is not 1
	rows    []float32 // [T+1][B][Wp]: the states times the factors
	sums    []float32 // [hoisted rows][Wp]: cotangents of some of these rows
}

// Mask returns an array [B][H], or of the state's own width, that the products of every Forward
// multiply a state by before they read it, h_{t−1} for the state h; what reads it elementwise is
// not affected. It begins with ones; what the caller sets it to counts for the T and B of the coming
// Forward and its Backward, until it is set to something else. That is dropout of recurrent
// connections (Gal & Ghahramani 2016, arXiv:1512.05287). The first call for a state makes the
// array and some memory besides.
//
// It is an error if the cell has no such state, if ws is for inference, or if memory runs out.
func (ws *Workspace) Mask(state string) ([]float32, error) {
	c := ws.owner
	i := slices.IndexFunc(c.States, func(s kernel.State) bool { return s.Name == state })
	var err error
	switch {
	case i < 0:
		err = fmt.Errorf("the cell has no state %s", state)
	case ws.inference:
		err = fmt.Errorf("the workspace is for inference: make one with NewWorkspace")
	}
	if err != nil {
		return nil, c.wrap("Mask", err)
	}
	for _, m := range ws.masks {
		if m.state == i {
			return m.factors, nil
		}
	}
	m, v := &mask{state: i}, c.state(i)
	if err := matrix.Allocate([]matrix.Allocation{
		{Array: &m.factors, Sizes: []int{ws.maxBatch, v.units}},
		{Array: &m.rows, Sizes: []int{ws.maxSteps + 1, ws.maxBatch, v.padded}},
		{Array: &m.sums, Sizes: []int{ws.hoistedRows(), v.padded}},
	}); err != nil {
		return nil, c.wrap("Mask", err)
	}
	for j := range m.factors {
		m.factors[j] = 1
	}
	ws.masks = append(ws.masks, m)
	ws.named = append(ws.named, check.Of("mask of "+state, m.factors))
	return m.factors, nil
}

// startMasks finds which masks count for a Forward, and multiplies the initial states.
func (ws *Workspace) startMasks() {
	for _, m := range ws.masks {
		v, at := ws.owner.state(m.state), ws.owner.stateAt()+m.state
		m.used = slices.ContainsFunc(m.factors[:ws.batch*v.units], func(f float32) bool { return f != 1 })
		ws.sources[at] = ws.states[m.state]
		if !m.used {
			continue
		}
		ws.sources[at] = m.rows
		for row := range ws.batch {
			ws.maskRow(m, 0, span{row, 0, v.blocks})
		}
	}
}

// maskRows multiplies what a stage has written of states at step t.
func (ws *Workspace) maskRows(s *stage, t int, b span) {
	for _, m := range ws.masks {
		if !m.used || !slices.Contains(s.next, m.state) {
			continue
		}
		for row := b.row; row < b.row+ws.arrayRows(); row++ {
			ws.maskRow(m, t+1, span{row, b.first, b.n})
		}
	}
}

// maskRow multiplies the units of some blocks of a row of the state before step t.
func (ws *Workspace) maskRow(m *mask, t int, b span) {
	v := ws.owner.state(m.state)
	to, from := ws.rowUnits(m.rows, v.padded, t, b), ws.rowUnits(ws.states[m.state], v.padded, t, b)
	for j, factor := range m.factors[b.row*v.units:][b.first*kernel.Units : min((b.first+b.n)*kernel.Units, v.units)] {
		to[j] = kernel.Flush(from[j] * factor)
	}
}

// maskOf returns the mask that counts for a state, nil if none does.
func (ws *Workspace) maskOf(state int) *mask {
	for _, m := range ws.masks {
		if m.state == state && m.used {
			return m
		}
	}
	return nil
}

// addMasked adds the products of the cotangents of tiles, times the mask, to the cotangents d of
// a state before n steps from t on.
func (l *Layer) addMasked(ws *Workspace, m *mask, d matrix.Float, t, n int, g group) {
	v := l.state(m.state)
	sums := matrix.Strided(m.sums, d.Rows, v.units, v.padded).Columns(g.first, g.units)
	matrix.Clear(sums)
	l.addProducts(ws, sums, v, t, n, g)
	for i := range d.Rows {
		row, factors := d.Row(i), m.factors[i%ws.batch*v.units+g.first:]
		for j, sum := range sums.Row(i) {
			row[j] += float32(sum * factors[j])
		}
	}
}
