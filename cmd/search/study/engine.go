package study

import (
	"slices"
	"sort"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/controller"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/strategy"
)

// engine decides what is proposed, trained and learned, from results alone.
type engine struct {
	config   *Config
	space    space.Space
	strategy strategy.Strategy
	trials   int               // that the study has
	scores   map[string]*Score // of all cells, by name
	choices  map[string][]int  // of the sequence that a cell was first proposed with
	rungs    [][]float64       // the losses on each rung, sorted
	proposed int               // trials
	learned  int               // trials
	cells    int               // of trials that have been learned from
	batches  int
	best     *Score
}

func newEngine(c *Config) (engine, error) {
	s, trials, err := c.NewStrategy()
	if err != nil {
		return engine{}, err
	}
	cells, err := space.Parse(c.Child.Space)
	return engine{
		config: c, space: cells, strategy: s, trials: trials,
		scores: make(map[string]*Score), choices: make(map[string][]int),
		rungs: make([][]float64, len(c.Child.Rungs)),
	}, err
}

// cohort is a batch of trials on its way up the rungs.
type cohort struct {
	trials []Trial
	fresh  int      // cells among them that no trial before has named
	cells  []string // of these, the ones that go on; none when the batch is done
	rung   int      // that they are on
}

func (c *cohort) records() []Record {
	records := make([]Record, len(c.trials))
	for i := range c.trials {
		records[i].Trial = &c.trials[i]
	}
	return records
}

// propose returns the next trials.
func (e *engine) propose() (*cohort, error) {
	proposals, err := e.strategy.Propose(min(e.config.Batch, e.trials-e.proposed))
	if err != nil {
		return nil, err
	}
	c := new(cohort)
	for _, p := range proposals {
		name, err := e.space.Canonical(p.Choices)
		if err != nil {
			return nil, err
		}
		c.trials = append(c.trials, Trial{p, name})
		if e.choices[name] == nil {
			e.choices[name] = p.Choices
			c.cells = append(c.cells, name)
		}
	}
	c.fresh = len(c.cells)
	e.proposed += len(proposals)
	return c, nil
}

// race returns the trainings of cells on a rung: on the first with all rates, on others with the
// best one.
func (e *engine) race(cells []string, rung int) (runs []Run) {
	for _, name := range cells {
		rates := e.config.Child.Rates
		if rung > 0 {
			rates = []float64{e.scores[name].Rate}
		}
		for _, rate := range rates {
			runs = append(runs, Run{Cell: name, Task: child.Task{Choices: e.choices[name], Rung: rung, Rate: rate}})
		}
	}
	return runs
}

// judge takes the results of a race, and returns the cells that go on to the next rung: those
// among the best of all that have been on this one.
func (e *engine) judge(cells []string, rung int, runs []Run) (promoted []string) {
	for _, r := range runs {
		e.scores[r.Cell] = r.Score(e.scores[r.Cell])
	}
	for _, name := range cells {
		if s := e.scores[name]; s.Outcome == child.Trained {
			e.rungs[rung] = append(e.rungs[rung], s.Loss)
		}
	}
	slices.Sort(e.rungs[rung])
	if rung+1 == len(e.rungs) {
		return nil
	}
	for _, name := range cells {
		s := e.scores[name]
		better := sort.SearchFloat64s(e.rungs[rung], s.Loss)
		if s.Outcome == child.Trained && better*e.config.Promote < len(e.rungs[rung]) {
			promoted = append(promoted, name)
		}
	}
	return promoted
}

// Score returns the score of the cell after a run, given the one before it, nil if it had none.
// A cell that fails on a later rung has failed. On the first, another rate may do better.
// Repeats do not count.
func (r *Run) Score(before *Score) *Score {
	next := &Score{Cell: r.Cell, Rung: r.Rung, Rate: r.Rate, Loss: r.Loss, Outcome: r.Outcome}
	if r.Seed == 0 && (before == nil || before.Rung < r.Rung || next.Better(before)) {
		return next
	}
	return before
}

// Better reports whether a score is better than another: failed ones are worse than all others,
// and otherwise a strategy's order holds.
func (s *Score) Better(than *Score) bool {
	if s.Outcome != child.Trained || than.Outcome != child.Trained {
		return s.Outcome == child.Trained && than.Outcome != child.Trained
	}
	return s.standing().Compare(than.standing()) < 0
}

func (s *Score) standing() strategy.Standing { return strategy.Standing{Rung: s.Rung, Loss: s.Loss} }

// learn ends a batch.
func (e *engine) learn(c *cohort) (*Batch, error) {
	results := make([]strategy.Result, len(c.trials))
	for i, t := range c.trials {
		s := e.scores[t.Cell]
		results[i] = strategy.Result{Trial: t.Proposal.Trial, Standing: s.standing(), Dead: s.Outcome != child.Trained}
		if s.Outcome == child.Trained && (e.best == nil || s.Better(e.best)) {
			e.best = s
		}
	}
	if err := e.strategy.Learn(results); err != nil {
		return nil, err
	}
	e.learned += len(c.trials)
	e.cells += c.fresh
	b := &Batch{Batch: e.batches, Trials: e.learned, Cells: e.cells, Best: e.best, Report: e.report()}
	e.batches++
	return b, nil
}

// Best returns the score of the best cell so far, nil as long as all have failed.
func (e *engine) Best() *Score { return e.best }

// report returns what the controller has seen, if there is one.
func (e *engine) report() *controller.Report {
	if r, ok := e.strategy.(*strategy.Reinforce); ok {
		report := r.Report()
		return &report
	}
	return nil
}

// ranked returns the names of all cells that have not failed, the best first.
func (e *engine) ranked() (names []string) {
	for name, s := range e.scores {
		if s.Outcome == child.Trained {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		switch x, y := e.scores[a], e.scores[b]; {
		case x.Better(y):
			return -1
		case y.Better(x):
			return 1
		case a < b:
			return -1
		}
		return 1
	})
	return names
}

// repeats returns the trainings after the search: of the best cells, with other seeds, on the
// rung and with the rate of their score.
func (e *engine) repeats() (runs []Run) {
	names := e.ranked()
	for _, name := range names[:min(len(names), e.config.Repeats.Cells)] {
		for seed := range e.config.Repeats.Seeds {
			s := e.scores[name]
			runs = append(runs, Run{Cell: name, Task: child.Task{Choices: e.choices[name], Rung: s.Rung, Rate: s.Rate, Seed: uint64(seed + 1)}})
		}
	}
	return runs
}
