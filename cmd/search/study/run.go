package study

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/journal"
)

// Pool trains children.
type Pool interface {
	// Train trains the children of all tasks, in any order, and hands each result over with its
	// task's index, once, from one goroutine at a time. It returns when all are handed over, or
	// with the first error, such as one of done.
	Train(ctx context.Context, tasks []child.Task, done func(i int, r Report) error) error
}

// Report is a result, and who has trained for how long.
type Report struct {
	Result  child.Result `json:"result"`
	Worker  string       `json:"worker"`
	Seconds float64      `json:"seconds"`
}

// Run goes on with a study until all its trials are done, or until ctx ends, which is an error.
//
// Batches follow one another closely: while the best cells of one are on the second rung, those of
// the next are on the first, so that no worker waits for a few long trainings. A strategy learns
// from a batch once its last training has ended, and then proposes the next but as many as there
// are rungs.
func (s *Study) Run(ctx context.Context, p Pool) error {
	var open []*cohort // the oldest first
	for s.learned < s.trials {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if s.proposed < s.trials {
			c, err := s.propose()
			if err != nil {
				return err
			}
			if err := s.commit(Aside{}, c.records()...); err != nil {
				return err
			}
			open = append(open, c)
		}
		if err := s.climb(ctx, p, open); err != nil {
			return err
		}
		for len(open) > 0 && len(open[0].cells) == 0 {
			b, err := s.learn(open[0])
			if err != nil {
				return err
			}
			if err := s.commit(Aside{}, Record{Batch: b}); err != nil {
				return err
			}
			open = open[1:]
		}
	}
	if _, err := s.train(ctx, p, s.repeats()); err != nil {
		return err
	}
	if len(s.past) > 0 {
		return fmt.Errorf("%s: %d lines more than the study has", journalFile(s.Folder), len(s.past))
	}
	return nil
}

// climb trains the cells of all cohorts on the rungs that they have reached. The longest trainings
// begin first.
func (s *Study) climb(ctx context.Context, p Pool, open []*cohort) error {
	var runs []Run
	ends := make([]int, len(open))
	for i, c := range open {
		runs = append(runs, s.race(c.cells, c.rung)...)
		ends[i] = len(runs)
	}
	runs, err := s.train(ctx, p, runs)
	if err != nil {
		return err
	}
	begin := 0
	for i, c := range open {
		c.cells = s.judge(c.cells, c.rung, runs[begin:ends[i]])
		c.rung++
		begin = ends[i]
	}
	return nil
}

// train returns runs with their results: those of the journal, and those of the pool, which it
// commits in the runs' order as soon as all before them are known.
func (s *Study) train(ctx context.Context, p Pool, runs []Run) ([]Run, error) {
	known := 0
	for ; known < len(runs) && len(s.past) > 0; known++ {
		if r := s.past[0].Run; r != nil {
			runs[known].Result = r.Result
		}
		if err := s.commit(Aside{}, Record{Run: &runs[known]}); err != nil {
			return nil, err
		}
	}
	if known == len(runs) {
		return runs, nil
	}
	open := runs[known:]
	tasks, asides, ready := make([]child.Task, len(open)), make([]Aside, len(open)), make([]bool, len(open))
	for i, r := range open {
		tasks[i] = r.Task
	}
	committed := 0
	err := p.Train(ctx, tasks, func(i int, r Report) error {
		open[i].Result, ready[i] = r.Result, true
		asides[i] = Aside{time.Now().UTC().Round(time.Millisecond), r.Seconds, r.Worker}
		for ; committed < len(open) && ready[committed]; committed++ {
			if err := s.commit(asides[committed], Record{Run: &open[committed]}); err != nil {
				return err
			}
		}
		return nil
	})
	return runs, err
}

// commit appends records to the journal. Those that it has already must be the same.
func (s *Study) commit(a Aside, records ...Record) error {
	var entries []journal.Entry
	for _, r := range records {
		if len(s.past) > 0 {
			if !same(r, s.past[0]) {
				return s.differs(r)
			}
			s.past = s.past[1:]
			continue
		}
		if a.At.IsZero() {
			a.At = time.Now().UTC().Round(time.Millisecond)
		}
		e, err := entry(r, a)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	switch {
	case len(entries) == 0:
		return nil
	case s.journal == nil:
		return errReplayed
	}
	return s.journal.Append(entries...)
}

// same reports whether two records are written alike.
func same(a, b Record) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// differs is the error of a record that the journal has otherwise.
func (s *Study) differs(r Record) error {
	now, _ := json.Marshal(r)
	then, _ := json.Marshal(s.past[0])
	return fmt.Errorf("%s has\n%s\nwhere this program decides\n%s\nThe program or the machine has changed since the study began: go on with the ones in its runs.jsonl, or begin anew",
		journalFile(s.Folder), then, now)
}
