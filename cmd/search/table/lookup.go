package table

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// Lookup finds the loss of a sequence.
type Lookup struct {
	Space space.Space
	Best  float64
	cells map[string]int // by the text of the choices: every sequence of the space
	loss  []float64      // +Inf of a cell that has failed
}

// Lookup returns the lookup of a table that has all cells of its space, each once. An error in a
// row that was read from a file is a LineError.
//
// The loss of a cell that was trained with several seeds is the mean of all but the first: the
// first has chosen it, and is too low for that. A seed may be harder for all cells: each is shifted
// by what its losses are above the first's, in the mean over the cells that no seed has failed. A
// cell that a seed has failed counts as failed. The mean of its other seeds would be too low: the
// worst of them is what was left out.
func (t *Table) Lookup() (*Lookup, error) {
	s, err := space.Parse(t.Setup.Space)
	if err != nil {
		return nil, err
	}
	l := &Lookup{Space: s, Best: math.Inf(1), cells: make(map[string]int)}
	names, err := t.names(s)
	if err != nil {
		return nil, err
	}
	shifts := t.shifts()
	for _, r := range t.Rows {
		loss := r.loss(shifts)
		l.loss = append(l.loss, loss)
		l.Best = min(l.Best, loss)
	}
	if math.IsInf(l.Best, 1) {
		return nil, errors.New("all cells of the table have failed: none is the best")
	}
	for choices := range space.All(s) {
		name, err := s.Canonical(choices)
		if err != nil {
			return nil, err
		}
		i, known := names[name]
		if !known {
			return nil, fmt.Errorf("the table has %d cells, and not the one of %v", len(t.Rows), choices)
		}
		l.cells[fmt.Sprint(choices)] = i
	}
	return l, nil
}

// names returns the rows by the names of their cells. It is an error if a row cannot be one, or if
// two are of the same cell.
func (t *Table) names(s space.Space) (map[string]int, error) {
	names := make(map[string]int)
	for i, r := range t.Rows {
		err := r.check(s)
		if err != nil {
			return nil, t.wrong(i, err)
		}
		name, err := s.Canonical(r.Choices)
		if err != nil {
			return nil, t.wrong(i, err)
		}
		if before, known := names[name]; known {
			return nil, t.wrong(i, fmt.Errorf("%s has the cell of %v, too", t.place(before), r.Choices))
		}
		names[name] = i
	}
	return names, nil
}

// check returns an error if a row is not what becomes of a cell of a space.
func (r *Row) check(s space.Space) error {
	if err := space.Check(s, r.Choices); err != nil {
		return err
	}
	switch {
	case !slices.Contains(child.Outcomes, r.Outcome):
		return fmt.Errorf("the outcome is %.40q; want one of %v", string(r.Outcome), child.Outcomes)
	case r.Outcome != child.Trained && len(r.Losses) > 0:
		return fmt.Errorf("the outcome is %s, and there are losses", r.Outcome)
	case r.Outcome == child.Trained && (len(r.Losses) == 0 || math.IsInf(r.Losses[0], 1)):
		return errors.New("the outcome is trained, and the first seed's loss is missing")
	}
	for _, loss := range r.Losses {
		if !(loss >= 0) {
			return fmt.Errorf("a loss is %v; want a number from 0 on", loss)
		}
	}
	return nil
}

// wrong returns an error of row i.
func (t *Table) wrong(i int, err error) error {
	if line := t.Rows[i].line; line > 0 {
		return &LineError{line, err}
	}
	return fmt.Errorf("%s: %w", t.place(i), err)
}

// place returns what messages call row i.
func (t *Table) place(i int) string {
	if line := t.Rows[i].line; line > 0 {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("row %d", i)
}

// shifts returns what the losses of each seed are above the first's.
func (t *Table) shifts() (shifts []float64) {
	var counts []float64
	for _, r := range t.Rows {
		if r.failed() {
			continue
		}
		for i := range r.Losses {
			if i == len(shifts) {
				shifts, counts = append(shifts, 0), append(counts, 0)
			}
			shifts[i] += r.Losses[i] - r.Losses[0]
			counts[i]++
		}
	}
	for i := range shifts {
		shifts[i] /= counts[i]
	}
	return shifts
}

// failed reports whether a cell has failed, with any of its seeds.
func (r *Row) failed() bool {
	return r.Outcome != child.Trained || slices.Contains(r.Losses, math.Inf(1))
}

// loss returns the loss of a row that is checked. The shifts of a cell that has not failed are as
// many as its losses, or more: it is one of the cells that they are means over.
func (r *Row) loss(shifts []float64) float64 {
	switch n := len(r.Losses); {
	case r.failed():
		return math.Inf(1)
	case n == 1:
		return r.Losses[0]
	default:
		sum := 0.0
		for i := 1; i < n; i++ {
			sum += r.Losses[i] - shifts[i]
		}
		return sum / float64(n-1)
	}
}

// Loss returns the number of a sequence's cell, and its loss, +Inf if it has failed.
func (l *Lookup) Loss(choices []int) (cell int, loss float64) {
	i := l.cells[fmt.Sprint(choices)]
	return i, l.loss[i]
}

// Quantile returns the loss that a fraction of all cells that have not failed are below.
func (l *Lookup) Quantile(fraction float64) float64 {
	var all []float64
	for _, loss := range l.loss {
		if !math.IsInf(loss, 1) {
			all = append(all, loss)
		}
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(fraction*float64(len(all))))]
}
