package runtime

import (
	"fmt"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// State is what a layer carries from step to step: for each state of the cell an array
// [B][H], or of the state's own width, row-major. For Backward, a State holds the cotangents of these arrays.
type State struct {
	states []kernel.State
	batch  int           // rows
	widths []int         // of each state
	arrays []check.Array // one for each state
	inUse  atomic.Bool
}

// newState returns a State for batch rows whose arrays have names and no memory.
func (c *core) newState(batch int) *State {
	s := &State{states: c.States, batch: batch, arrays: make([]check.Array, len(c.States))}
	for i, state := range c.States {
		s.widths = append(s.widths, c.state(i).units)
		s.arrays[i].Name = "state " + state.Name
	}
	return s
}

// Of returns the array [B][H] of a state by its name, such as "h" or "c" of an LSTM. The
// caller may read and write it. It is nil if the cell has no state of that name.
func (s *State) Of(name string) []float32 {
	for i, state := range s.states {
		if state.Name == name {
			return s.arrays[i].Data
		}
	}
	return nil
}

// Names returns the names of the states, in the order of the cell.
func (s *State) Names() []string {
	var names []string
	for _, state := range s.states {
		names = append(names, state.Name)
	}
	return names
}

// Reset sets every state to the value that the cell starts a sequence with.
func (s *State) Reset() {
	for i, array := range s.arrays {
		for j := range array.Data {
			array.Data[j] = float32(s.states[i].Initial)
		}
	}
}

// Zero sets all values to 0, which is what cotangents start with.
func (s *State) Zero() {
	for _, array := range s.arrays {
		clear(array.Data)
	}
}

// NewState returns the state at the start of a sequence, for a batch of rows: each call that
// is given the state has as many. It is an error if batch is below 1 or too large.
func (c *core) NewState(batch int) (*State, error) {
	s := c.newState(batch)
	err := check.Positive("batch", batch)
	if err == nil {
		var arrays []matrix.Allocation
		for i := range s.arrays {
			arrays = append(arrays, matrix.Allocation{Array: &s.arrays[i].Data, Sizes: []int{batch, s.widths[i]}})
		}
		err = matrix.Allocate(arrays)
	}
	if err != nil {
		return nil, c.wrap("NewState", err)
	}
	s.Reset()
	return s, nil
}

// checkRows returns an error unless s has the states of the cell, and ws room for its rows.
func (c *core) checkRows(ws *Workspace, s *State) error {
	if err := c.checkState(s); err != nil {
		return err
	}
	if s.batch > ws.maxBatch {
		return fmt.Errorf("the state has %d rows, the workspace has room for %d", s.batch, ws.maxBatch)
	}
	return nil
}

// checkState returns an error unless s has the states of the cell.
func (c *core) checkState(s *State) error {
	if s == nil {
		return fmt.Errorf("%w state", check.ErrNil)
	}
	if len(s.states) != len(c.States) {
		return check.Foreign("state")
	}
	for i, state := range c.States {
		if s.states[i] != state {
			return check.Foreign("state")
		}
	}
	for i, state := range c.States {
		have, want := s.widths[i], c.state(i).units
		switch {
		case have == want:
		case state.Width == kernel.Hidden:
			return fmt.Errorf("the state has %d hidden units, want %d", have, want)
		default:
			return fmt.Errorf("the state has %d units in %s, want %d", have, state.Name, want)
		}
	}
	return nil
}

// apartFrom returns an error if any two of the arrays and the state's own overlap. s may
// be nil.
func (s *State) apartFrom(arrays ...check.Array) error {
	if err := check.Apart(arrays...); err != nil || s == nil {
		return err
	}
	for i, state := range s.arrays {
		for _, others := range [][]check.Array{arrays, s.arrays[:i]} {
			if err := state.ApartFrom(others); err != nil {
				return err
			}
		}
	}
	return nil
}

// apartFromAll returns an error if one of the state's arrays overlaps one of others. s may be
// nil.
func (s *State) apartFromAll(others []check.Array) error {
	for i := 0; s != nil && i < len(s.arrays); i++ {
		if err := s.arrays[i].ApartFrom(others); err != nil {
			return err
		}
	}
	return nil
}

// state returns a state as a value that products multiply.
func (l *layout) state(i int) *value { return &l.values[l.stateAt()+i] }

// pad copies rows [..][units] to rows padded with zeros, [..][padded], and flushes them.
func (w width) pad(padded, rows []float32) {
	if w.units == w.padded {
		kernel.FlushTo(padded[:len(rows)], rows)
		return
	}
	for len(rows) > 0 {
		kernel.FlushTo(padded[:w.units], rows)
		clear(padded[w.units:w.padded])
		padded, rows = padded[w.padded:], rows[w.units:]
	}
}

// unpad fills rows [..][units] from padded rows [..][padded].
func (w width) unpad(rows, padded []float32) {
	for len(rows) > 0 {
		n := copy(rows[:w.units], padded)
		padded, rows = padded[w.padded:], rows[n:]
	}
}

// unpadBlocks copies padded rows of some blocks to rows [B][units].
func (w width) unpadBlocks(rows, padded []float32, b span) {
	first := b.first * kernel.Units
	units := min(b.n*kernel.Units, w.units-first)
	for i := 0; i < len(padded); i += w.padded {
		copy(rows[first:][:units], padded[i:])
		rows = rows[w.units:]
	}
}

// padBlocks copies the part of some blocks of rows [B][units] to padded rows.
func (w width) padBlocks(padded, rows []float32, b span) {
	first := b.first * kernel.Units
	units := min(b.n*kernel.Units, w.units-first)
	for i := 0; i < len(padded); i += w.padded {
		clear(padded[i:][:b.n*kernel.Units])
		copy(padded[i:][:units], rows[first:])
		rows = rows[w.units:]
	}
}
