package nn

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Clone returns a copy. What a stack computes from it has no part in the gradients of what came
// before, unless its cotangents are given to the Backward before.
func (s *State) Clone() *State {
	c := &State{stack: s.stack, sequences: slices.Clone(s.sequences)}
	for _, l := range s.layers {
		c.layers = append(c.layers, l.Clone())
	}
	c.nameArrays()
	return c
}

// Head returns the first rows of the state, which the two share: what one is changed to, the
// other has. It is an error if the state has not so many rows.
func (s *State) Head(rows int) (*State, error) {
	if rows < 1 || rows > s.Rows() {
		return nil, fmt.Errorf("nn: State Head: %d rows, want 1 to %d", rows, s.Rows())
	}
	h := &State{stack: s.stack, sequences: s.sequences[:rows]}
	for _, l := range s.layers {
		head, err := l.Head(rows)
		if err != nil {
			return nil, err
		}
		h.layers = append(h.layers, head)
	}
	h.nameArrays()
	return h, nil
}

// ResetRows begins new sequences in some rows. It is an error, and nothing changes, if there is
// no such row.
func (s *State) ResetRows(rows ...int) error {
	if err := check.Indexes("rows", rows, "batch rows", s.Rows()); err != nil {
		return fmt.Errorf("nn: State ResetRows: %w", err)
	}
	for _, l := range s.layers {
		if err := l.ResetRows(rows...); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if !slices.Contains(rows[:i], row) {
			s.sequences[row].restart()
		}
	}
	return nil
}

// Gather copies rows of another state of the same stack: row i becomes row rows[i] of from,
// which may be given several times. It is an error, and nothing changes, if rows has not as many
// rows as s or one that from does not have, or if from is s or another stack's.
func (s *State) Gather(from *State, rows []int) error {
	if err := s.checkMove(from, rows); err != nil {
		return fmt.Errorf("nn: State Gather: %w", err)
	}
	for i, l := range s.layers {
		if err := l.Gather(from.layers[i], rows); err != nil {
			return err
		}
	}
	for i, row := range rows {
		s.sequences[i] = from.sequences[row]
	}
	return nil
}

// Scatter is the reverse of Gather: row rows[i] of to becomes row i. It is an error, too, if
// rows has one twice.
func (s *State) Scatter(to *State, rows []int) error {
	err := s.checkMove(to, rows)
	for i, row := range rows {
		if err == nil && slices.Contains(rows[:i], row) {
			err = fmt.Errorf("row %d is given twice", row)
		}
	}
	if err != nil {
		return fmt.Errorf("nn: State Scatter: %w", err)
	}
	for i, l := range s.layers {
		if err := l.Scatter(to.layers[i], rows); err != nil {
			return err
		}
	}
	for i, row := range rows {
		to.sequences[row] = s.sequences[i]
	}
	return nil
}

// checkMove returns an error unless other is another state of the same stack and has the rows,
// as many as s has.
func (s *State) checkMove(other *State, rows []int) error {
	switch {
	case other == nil:
		return fmt.Errorf("%w state", check.ErrNil)
	case other == s:
		return fmt.Errorf("it is the same state")
	case other.stack != s.stack:
		return fmt.Errorf("state of another stack")
	case len(rows) != s.Rows():
		return fmt.Errorf("there are %d rows, want %d", len(rows), s.Rows())
	}
	return check.Indexes("rows", rows, "batch rows", other.Rows())
}
