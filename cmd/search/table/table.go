// Package table has the losses of all cells of a space. On such a table strategies can be compared
// with hundreds of seeds in seconds, and without noise.
package table

import (
	"math"

	"github.com/cellgen/cellgen/cmd/search/child"
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
	line    int       // of the file that the row was read from, 0 if it was not
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
