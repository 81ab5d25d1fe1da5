// Package summary describes what a study has come to: its cells with their scores and runs, the
// best so far, the rungs, and what the controller has learned. Tables, files, plots and the page
// are made of it.
package summary

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
)

// Summary is what a study's journal has.
type Summary struct {
	Folder  string
	Config  study.Config
	Space   space.Space
	Planned int           // trials, when the study has ended
	Trials  []study.Trial // proposed
	Learned int           // how many of them have been learned from
	Cells   []*Cell       // in the order in which they were proposed
	Runs    []*Run        // in the journal's order
	Batches []Batch
	Curve   []Point // one for each trial that has been learned from
	Starts  []study.Start

	cells map[string]*Cell
	clock clock
}

// Cell is a cell of the study.
type Cell struct {
	Name       string
	Choices    []int // of the sequence that it was first proposed with
	First      int   // the trial that proposed it first
	Trials     int   // how many proposed it
	Hidden     int   // units
	Parameters int   // of the child
	Score      *study.Score
	Rungs      []float64 // the loss on each rung that it was trained on
	Runs       []*Run
}

// Run is a training, and when and by whom it was done.
type Run struct {
	study.Run
	study.Aside
}

// Batch is what was learned of a batch, and when.
type Batch struct {
	study.Batch
	study.Aside
}

// Point is the best cell after some trials.
type Point struct {
	Trial int          // the last
	Cells int          // that were tried
	Best  *study.Score // nil as long as all have failed
}

// Bits returns a loss in bits.
func Bits(nats float64) float64 { return nats / math.Ln2 }

// add takes a record.
func (s *Summary) add(r study.Record, a study.Aside) {
	switch {
	case r.Trial != nil:
		s.addTrial(*r.Trial)
	case r.Run != nil:
		s.addRun(&Run{*r.Run, a})
	case r.Batch != nil:
		s.addBatch(Batch{*r.Batch, a})
	}
	s.clock.saw(a)
}

func (s *Summary) addTrial(t study.Trial) {
	s.Trials = append(s.Trials, t)
	c := s.cells[t.Cell]
	if c == nil {
		c = &Cell{Name: t.Cell, Choices: t.Choices, First: t.Trial}
		s.cells[t.Cell] = c
		s.Cells = append(s.Cells, c)
	}
	c.Trials++
}

func (s *Summary) addRun(r *Run) {
	s.Runs = append(s.Runs, r)
	c := s.cells[r.Cell]
	if c == nil || r.Rung < 0 || r.Rung >= len(s.Config.Child.Rungs) {
		return // not what a study writes
	}
	c.Runs = append(c.Runs, r)
	c.Hidden, c.Parameters = r.Hidden, r.Parameters
	c.Score = r.Run.Score(c.Score)
	if c.Score != nil && c.Score.Outcome == child.Trained {
		c.Rungs = append(c.Rungs[:min(len(c.Rungs), c.Score.Rung)], c.Score.Loss)
	}
}

// addBatch takes the scores of the trials that were learned from, which do not change any more.
func (s *Summary) addBatch(b Batch) {
	s.Batches = append(s.Batches, b)
	var p Point
	if n := len(s.Curve); n > 0 {
		p = s.Curve[n-1]
	}
	for _, t := range s.Trials[s.Learned:max(s.Learned, min(b.Trials, len(s.Trials)))] {
		c := s.cells[t.Cell]
		if c.First == t.Trial {
			p.Cells++
		}
		if c.Score != nil && c.Score.Outcome == child.Trained && (p.Best == nil || c.Score.Better(p.Best)) {
			p.Best = c.Score
		}
		p.Trial = t.Trial
		s.Curve = append(s.Curve, p)
	}
	s.Learned = len(s.Curve)
}

// Ranked returns the cells that have not failed, the best first.
func (s *Summary) Ranked() []*Cell {
	var all []*Cell
	for _, c := range s.Cells {
		if c.Score != nil && c.Score.Outcome == child.Trained {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *Cell) int {
		switch {
		case a.Score.Better(b.Score):
			return -1
		case b.Score.Better(a.Score):
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

// TheBest stands for the best cell where the name of one is asked for.
const TheBest = "best"

// Find returns the cell of a name, or TheBest.
func (s *Summary) Find(name string) (*Cell, error) {
	if name == TheBest {
		if ranked := s.Ranked(); len(ranked) > 0 {
			return ranked[0], nil
		}
		return nil, fmt.Errorf("%s has no cell that was trained to the end yet", s.Folder)
	}
	if c := s.cells[name]; c != nil {
		return c, nil
	}
	var names []string
	for _, c := range s.Cells {
		names = append(names, c.Name)
	}
	return nil, fmt.Errorf("%s has no cell %s%s", s.Folder, front.Quote(name), front.Nearest(name, names))
}

// Source returns a cell's source, under its name.
func (s *Summary) Source(c *Cell) (gen.Source, error) { return s.Space.Build(c.Choices) }
