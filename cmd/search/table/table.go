// Package table has the losses of all cells of a space. On such a table strategies can be compared
// with hundreds of seeds in seconds, and without noise.
package table

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Table has a row for each cell that has been trained.
type Table struct {
	Setup child.Setup // of the children
	Rows  []Row
}

// Row is a cell.
type Row struct {
	Choices []int // the first sequence of the cell
	Outcome child.Outcome
	Losses  []float64 // nats a byte, one for each seed; +Inf of another than the first that failed
}

// FromStudy makes a table of the cells that a study has trained: of each, the least loss of the
// first rung, and what it was with other seeds.
func FromStudy(c study.Config, records []study.Record) *Table {
	t := &Table{Setup: c.Child}
	at := make(map[string]int)
	for _, r := range records {
		run := r.Run
		if run == nil || run.Rung > 0 {
			continue
		}
		i, known := at[run.Cell]
		if !known {
			i = len(t.Rows)
			at[run.Cell] = i
			t.Rows = append(t.Rows, Row{Choices: run.Choices, Outcome: run.Outcome})
		}
		t.Rows[i].add(run)
	}
	return t
}

// add adds a training with one more rate or seed.
func (r *Row) add(run *study.Run) {
	switch {
	case run.Seed > 0 && run.Outcome != child.Trained:
		r.Losses = append(r.Losses, math.Inf(1))
	case run.Seed > 0:
		r.Losses = append(r.Losses, run.Loss)
	case run.Outcome != child.Trained:
	case len(r.Losses) == 0:
		r.Outcome, r.Losses = run.Outcome, []float64{run.Loss}
	default: // another rate
		r.Losses[0] = min(r.Losses[0], run.Loss)
	}
}

// Write writes the table as compressed CSV: the setup as JSON in a comment, and for each cell its
// choices, the outcome and the losses.
func (t *Table) Write(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	setup, err := json.Marshal(t.Setup)
	if err != nil {
		return err
	}
	fmt.Fprintf(z, "# %s\nchoices,outcome,losses\n", setup)
	lines := csv.NewWriter(z)
	for _, r := range t.Rows {
		fields := []string{strings.Trim(fmt.Sprint(r.Choices), "[]"), string(r.Outcome)}
		for _, loss := range r.Losses {
			fields = append(fields, strconv.FormatFloat(loss, 'f', 5, 64))
		}
		lines.Write(fields)
	}
	lines.Flush()
	return errors.Join(lines.Error(), z.Close())
}

// Read reads what Write has written.
func Read(r io.Reader) (*Table, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, 1<<28))
	if err != nil {
		return nil, err
	}
	head, rest, _ := strings.Cut(string(text), "\n")
	t := new(Table)
	if err := json.Unmarshal([]byte(strings.TrimPrefix(head, "#")), &t.Setup); err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	lines := csv.NewReader(strings.NewReader(rest))
	lines.FieldsPerRecord = -1
	all, err := lines.ReadAll()
	if err != nil {
		return nil, err
	}
	for i, fields := range all[min(1, len(all)):] {
		row, err := parse(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+3, err)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func parse(fields []string) (r Row, err error) {
	if len(fields) < 2 {
		return r, fmt.Errorf("%d fields; want at least 2", len(fields))
	}
	for part := range strings.FieldsSeq(fields[0]) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return r, err
		}
		r.Choices = append(r.Choices, n)
	}
	r.Outcome = child.Outcome(fields[1])
	for _, field := range fields[2:] {
		loss, err := strconv.ParseFloat(field, 64)
		if err != nil || !(loss >= 0) {
			return r, fmt.Errorf("loss %q; want a number from 0 on", field)
		}
		r.Losses = append(r.Losses, loss)
	}
	return r, nil
}

// Lookup finds the loss of a sequence.
type Lookup struct {
	Space space.Space
	Best  float64
	cells map[string]int // by the text of the choices: every sequence of the space
	loss  []float64      // +Inf of a cell that has failed
}

// Lookup returns the lookup of a table that has all cells of its space.
//
// The loss of a cell that was trained with several seeds is the mean of all but the first: the
// first has chosen it, and is too low for that. A seed may be harder for all cells: each is shifted by what its losses are above the first's, in the mean over the cells
// that have both.
func (t *Table) Lookup() (*Lookup, error) {
	s, err := space.Parse(t.Setup.Space)
	if err != nil {
		return nil, err
	}
	l := &Lookup{Space: s, Best: math.Inf(1), cells: make(map[string]int)}
	shifts := t.shifts()
	names := make(map[string]int)
	for _, r := range t.Rows {
		name, err := s.Canonical(r.Choices)
		if err != nil {
			return nil, err
		}
		names[name] = len(l.loss)
		l.loss = append(l.loss, r.loss(shifts))
		l.Best = min(l.Best, l.loss[len(l.loss)-1])
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

// shifts returns what the losses of each seed are above the first's.
func (t *Table) shifts() (shifts []float64) {
	var counts []float64
	for _, r := range t.Rows {
		if slices.Contains(r.Losses, math.Inf(1)) {
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

func (r *Row) loss(shifts []float64) float64 {
	switch n := len(r.Losses); {
	case r.Outcome != child.Trained:
		return math.Inf(1)
	case n == 1:
		return r.Losses[0]
	default:
		sum := 0.0
		for i := 1; i < n; i++ {
			sum += r.Losses[i] - shifts[min(i, len(shifts)-1)]
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
