package table

import (
	"context"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
)

// Pool is a study.Pool that trains nothing: results are those of a table. So a study on a table
// takes seconds.
type Pool struct {
	lookup *Lookup
	table  *Table
}

// NewPool returns the pool of a table that has all cells of its space.
func NewPool(t *Table) (*Pool, error) {
	l, err := t.Lookup()
	if err != nil {
		return nil, err
	}
	return &Pool{l, t}, nil
}

// Check returns an error if a study's setup is not the table's, except for the seed and the backend:
// they decide only what is proposed.
func (p *Pool) Check(setup child.Setup) error {
	want, have := setup, p.table.Setup
	want.Seed, have.Seed = 0, 0
	want.Backend, have.Backend = "", ""
	if fmt.Sprint(want) != fmt.Sprint(have) {
		return fmt.Errorf("the table's children are %+v, and the study's %+v", p.table.Setup, setup)
	}
	return nil
}

// Train implements study.Pool.
func (p *Pool) Train(ctx context.Context, tasks []child.Task, done func(int, study.Report) error) error {
	for i, task := range tasks {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		cell, loss := p.lookup.Loss(task.Choices)
		r := child.Result{Outcome: p.table.Rows[cell].Outcome}
		if !math.IsInf(loss, 1) {
			r.Loss = loss
		} else if r.Outcome == child.Trained { // with one of its seeds
			r.Outcome = child.Diverged
		}
		if err := done(i, study.Report{Result: r, Worker: "table"}); err != nil {
			return err
		}
	}
	return nil
}
