// Package strategy has what proposes cells: reinforcement, evolution and random search. They
// share everything else, so that they can be compared.
//
// All that a strategy does is a function of its seed and of the results in trial order: not of
// when results come, nor of how many are proposed at a time before the next are learned from. A
// strategy has one owner.
package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// Strategy proposes sequences of a space, and learns from their results.
type Strategy interface {
	// Propose returns the next n trials, numbered from 0 on. They depend on what has been
	// learned before. It is an error, and nothing changes, if n is below 1, or if a controller
	// has failed.
	Propose(n int) ([]Proposal, error)
	// Learn takes the results of a batch: of the oldest trials without, in their order, at
	// least one. It is an error, and nothing changes, if they are other trials or in another
	// order, or if a loss is negative.
	Learn(results []Result) error
	// Best returns the trial that stands best of all that have been learned from, of equal ones
	// the first; false if all have failed.
	Best() (Scored, bool)
	// State returns all that the strategy is and has learned, as JSON; trials without a result
	// are part of it.
	State() ([]byte, error)
	// Restore lets the strategy go on from a state, as the strategy that it was taken from
	// would. It is an error, and nothing changes, if that was another kind, or had another
	// space, seed or configuration, or if the state is malformed.
	Restore(state []byte) error
}

// Proposal is a trial: a sequence to build and train.
type Proposal struct {
	Trial   int   `json:"trial"`
	Choices []int `json:"choices"`
}

// Standing is how far a cell has come, and how well it does there.
type Standing struct {
	Rung int     `json:"rung"` // that it was trained on last, at least 0
	Loss float64 `json:"loss"` // there: nats a symbol, at least 0
}

// Compare returns -1 if s is better than another standing, 1 if it is worse, and 0 if they are
// equal. A higher rung is better, whatever the losses: they are of trainings of other lengths, on
// texts of other lengths. On one rung, less loss is better.
func (s Standing) Compare(than Standing) int {
	return cmp.Or(cmp.Compare(than.Rung, s.Rung), cmp.Compare(s.Loss, than.Loss))
}

// Result is what became of a trial.
type Result struct {
	Trial int
	Standing
	Dead bool // the cell has no outputs that count: its loss, which may be NaN or +Inf, does not either
}

// Scored is a trial with its result.
type Scored struct {
	Proposal
	Standing      // zero if it failed
	Failed   bool `json:"failed"` // dead or diverged: worse than all others
}

// compare orders trials, the best first.
func (s Scored) compare(than Scored) int {
	switch {
	case s.Failed && than.Failed:
		return 0
	case s.Failed:
		return 1
	case than.Failed:
		return -1
	}
	return s.Compare(than.Standing)
}

// ledger keeps the trials of any strategy.
type ledger struct {
	kind     string
	space    space.Space
	seed     uint64
	settings any // as JSON, decides whether a state fits
	trials
}

// trials are the part of a ledger that changes.
type trials struct {
	Next    int        `json:"next"`    // the number of the next trial
	Pending []Proposal `json:"pending"` // without a result, in order
	Top     *Scored    `json:"best"`    // null before the first that has not failed
}

// generator returns the random numbers of a trial.
func (l *ledger) generator(trial int) *rand.Rand {
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(l.seed>>(8*i)), byte(uint64(trial)>>(8*i))
	}
	return rand.New(rand.NewChaCha8(key))
}

// propose numbers the sequences that a function draws, each with the numbers of its trial.
func (l *ledger) propose(n int, draw func(generators []*rand.Rand) ([][]int, error)) ([]Proposal, error) {
	if n < 1 {
		return nil, fmt.Errorf("strategy: %d proposals; want at least 1", n)
	}
	var generators []*rand.Rand
	for i := range n {
		generators = append(generators, l.generator(l.Next+i))
	}
	sequences, err := draw(generators)
	if err != nil {
		return nil, fmt.Errorf("strategy: %w", err)
	}
	var proposals []Proposal
	for i, s := range sequences {
		proposals = append(proposals, Proposal{l.Next + i, s})
	}
	l.Next += n
	l.Pending = append(l.Pending, proposals...)
	return clone(proposals), nil
}

func clone(proposals []Proposal) []Proposal {
	copied := slices.Clone(proposals)
	for i, p := range copied {
		copied[i].Choices = slices.Clone(p.Choices)
	}
	return copied
}

// score joins results to their trials, and changes nothing.
func (l *ledger) score(results []Result) ([]Scored, error) {
	if len(results) == 0 {
		return nil, errors.New("strategy: no results; want at least one")
	}
	if len(results) > len(l.Pending) {
		return nil, fmt.Errorf("strategy: %d results; %d trials have none yet", len(results), len(l.Pending))
	}
	var scored []Scored
	for i, r := range results {
		p := l.Pending[i]
		if r.Trial != p.Trial {
			return nil, fmt.Errorf("strategy: result %d is of trial %d; want trial %d", i, r.Trial, p.Trial)
		}
		if r.Loss < 0 || r.Rung < 0 {
			return nil, fmt.Errorf("strategy: the loss of trial %d is %v on rung %d; want at least 0, or a loss of NaN or +Inf if it diverged", r.Trial, r.Loss, r.Rung)
		}
		s := Scored{Proposal: p, Standing: r.Standing}
		if r.Dead || math.IsNaN(r.Loss) || math.IsInf(r.Loss, 1) {
			s.Standing, s.Failed = Standing{}, true
		}
		scored = append(scored, s)
	}
	return scored, nil
}

// settle takes note of results that have been learned from.
func (l *ledger) settle(scored []Scored) {
	l.Pending = slices.Clone(l.Pending[len(scored):])
	for _, s := range scored {
		if !s.Failed && (l.Top == nil || s.compare(*l.Top) < 0) {
			l.Top = &s
		}
	}
}

// Best implements Strategy.
func (l *ledger) Best() (Scored, bool) {
	if l.Top == nil {
		return Scored{}, false
	}
	best := *l.Top
	best.Choices = slices.Clone(best.Choices)
	return best, true
}
