package runtime

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Rows returns the number of batch rows.
func (s *State) Rows() int { return s.batch }

// Clone returns a copy. What a layer computes from it has no part in the gradients of what came
// before, unless its cotangents are given to the Backward before.
func (s *State) Clone() *State {
	c := &State{states: s.states, batch: s.batch, widths: s.widths}
	for _, array := range s.arrays {
		data := matrix.Floats(len(array.Data))
		copy(data, array.Data)
		c.arrays = append(c.arrays, check.Of(array.Name, data))
	}
	return c
}

// ResetRows sets some rows to the values that the cell starts a sequence with. It is an error,
// and nothing changes, if a row is out of range.
func (s *State) ResetRows(rows ...int) error {
	if err := s.checkIndexes(rows); err != nil {
		return fmt.Errorf("runtime: State ResetRows: %w", err)
	}
	for i := range s.arrays {
		for _, row := range rows {
			values := s.row(i, row)
			for j := range values {
				values[j] = float32(s.states[i].Initial)
			}
		}
	}
	return nil
}

// Gather copies rows of another state of the same cell: row i becomes row rows[i] of from, which
// may be given several times. It is an error, and nothing changes, if rows has not as many rows
// as s or one that from does not have, or if from is s, or has other states or widths.
func (s *State) Gather(from *State, rows []int) error {
	return moveRows("Gather", s, from, rows, func(few, many []float32) { copy(few, many) })
}

// Scatter is the reverse of Gather: row rows[i] of to becomes row i. It is an error, too, if
// rows has one twice.
func (s *State) Scatter(to *State, rows []int) error {
	for i, row := range rows {
		if slices.Contains(rows[:i], row) {
			return fmt.Errorf("runtime: State Scatter: row %d is given twice", row)
		}
	}
	return moveRows("Scatter", s, to, rows, func(few, many []float32) { copy(many, few) })
}

// moveRows calls move for each row of few and its row of many, state by state.
func moveRows(method string, few, many *State, rows []int, move func(few, many []float32)) error {
	err := few.likeness(many)
	if err == nil && len(rows) != few.batch {
		err = fmt.Errorf("there are %d rows, want %d", len(rows), few.batch)
	}
	if err == nil {
		err = many.checkIndexes(rows)
	}
	if err != nil {
		return fmt.Errorf("runtime: State %s: %w", method, err)
	}
	for i := range few.arrays {
		for at, row := range rows {
			move(few.row(i, at), many.row(i, row))
		}
	}
	return nil
}

// likeness returns an error unless other is another state of the same cell and widths.
func (s *State) likeness(other *State) error {
	switch {
	case other == nil:
		return fmt.Errorf("%w state", check.ErrNil)
	case other == s:
		return fmt.Errorf("it is the same state")
	case !slices.Equal(s.states, other.states) || !slices.Equal(s.widths, other.widths):
		return check.Foreign("state")
	}
	return nil
}

func (s *State) checkIndexes(rows []int) error {
	return check.Indexes("rows", rows, "batch rows", s.batch)
}

// row returns a row of a state.
func (s *State) row(state, row int) []float32 {
	return s.arrays[state].Data[row*s.widths[state]:][:s.widths[state]]
}

// Head returns the first rows of the state, which the two share: what one is changed to, the
// other has. It is an error if the state has not so many rows.
func (s *State) Head(rows int) (*State, error) {
	if rows < 1 || rows > s.batch {
		return nil, fmt.Errorf("runtime: State Head: %d rows, want 1 to %d", rows, s.batch)
	}
	h := &State{states: s.states, batch: rows, widths: s.widths}
	for i, array := range s.arrays {
		h.arrays = append(h.arrays, check.Of(array.Name, array.Data[:rows*s.widths[i]]))
	}
	return h, nil
}
