package strategy

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// Every proposes each cell of a space once, in the order of the first sequence of each. Its cells
// are what a table has.
type Every struct {
	ledger
	sequences [][]int // the first of each cell
}

// mostSequences bounds the sequences of a space whose cells are listed: 36,864, of base 2, take
// seconds.
const mostSequences = 1_000_000

// CheckEvery returns an error if a space has too many sequences to list its cells.
func CheckEvery(s space.Space) error {
	n := 0
	for range space.All(s) {
		if n++; n > mostSequences {
			return fmt.Errorf("strategy: %s has more than %d sequences: too many to list", s, mostSequences)
		}
	}
	return nil
}

// NewEvery returns the list of a space. It builds all of its cells. Errors are as in CheckEvery.
func NewEvery(s space.Space) (*Every, error) {
	if err := CheckEvery(s); err != nil {
		return nil, err
	}
	e := &Every{ledger: ledger{kind: "every", space: s, settings: struct{}{}}}
	seen := make(map[string]bool)
	for choices := range space.All(s) {
		name, err := s.Canonical(choices)
		if err != nil {
			return nil, fmt.Errorf("strategy: %w", err)
		}
		if !seen[name] {
			seen[name] = true
			e.sequences = append(e.sequences, append([]int(nil), choices...))
		}
	}
	return e, nil
}

// Len returns the number of cells.
func (e *Every) Len() int { return len(e.sequences) }

// Propose implements Strategy. It is an error if fewer than n cells are left.
func (e *Every) Propose(n int) ([]Proposal, error) {
	return e.propose(n, func(generators []*rand.Rand) ([][]int, error) {
		if e.Next+len(generators) > len(e.sequences) {
			return nil, errors.New("every cell has been proposed")
		}
		return e.sequences[e.Next : e.Next+len(generators)], nil
	})
}

// Learn implements Strategy.
func (e *Every) Learn(results []Result) error {
	scored, err := e.score(results)
	if err == nil {
		e.settle(scored)
	}
	return err
}

// State implements Strategy.
func (e *Every) State() ([]byte, error) { return e.save(struct{}{}) }

// Restore implements Strategy.
func (e *Every) Restore(data []byte) error {
	t, err := e.load(data, &struct{}{})
	if err == nil {
		e.trials = t
	}
	return err
}
