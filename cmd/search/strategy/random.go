package strategy

import (
	"math/rand/v2"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// Random is random search: all choices are equally likely. It learns nothing but the best.
type Random struct{ ledger }

// NewRandom returns a random search.
func NewRandom(s space.Space, seed uint64) *Random {
	return &Random{ledger{kind: "random", space: s, seed: seed, settings: struct{}{}}}
}

// Propose implements Strategy.
func (r *Random) Propose(n int) ([]Proposal, error) {
	return r.propose(n, func(generators []*rand.Rand) (all [][]int, err error) {
		for _, g := range generators {
			all = append(all, space.Random(r.space, g))
		}
		return all, nil
	})
}

// Learn implements Strategy.
func (r *Random) Learn(results []Result) error {
	scored, err := r.score(results)
	if err == nil {
		r.settle(scored)
	}
	return err
}

// State implements Strategy.
func (r *Random) State() ([]byte, error) { return r.save(struct{}{}) }

// Restore implements Strategy.
func (r *Random) Restore(data []byte) error {
	t, err := r.load(data, &struct{}{})
	if err == nil {
		r.trials = t
	}
	return err
}
