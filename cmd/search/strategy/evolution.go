package strategy

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/cmd/search/space"
)

// EvolutionConfig is how evolution selects.
type EvolutionConfig struct {
	Population int `json:"population"` // how many trials live: the last that have results
	Tournament int `json:"tournament"` // how many of them are drawn, with replacement, to choose a parent
}

// DefaultEvolution returns the numbers of Real et al. 2018, section 3.3.
func DefaultEvolution() EvolutionConfig { return EvolutionConfig{Population: 100, Tournament: 25} }

// Evolution is regularised evolution (Real et al. 2018, arXiv:1802.01548, algorithm 1): a child
// is a mutant of the best in a tournament, and what dies is the oldest, however good. As many
// trials as the population has members are random at first.
type Evolution struct {
	ledger
	config     EvolutionConfig
	population []Scored // oldest first
}

// NewEvolution returns an evolution. It is an error if a number is below 1.
func NewEvolution(s space.Space, seed uint64, config EvolutionConfig) (*Evolution, error) {
	if config.Population < 1 {
		return nil, fmt.Errorf("strategy: %w", field.Errorf("Population", "is %d; want at least 1", config.Population))
	}
	if config.Tournament < 1 {
		return nil, fmt.Errorf("strategy: %w", field.Errorf("Tournament", "is %d; want at least 1", config.Tournament))
	}
	return &Evolution{ledger: ledger{kind: "evolution", space: s, seed: seed, settings: config}, config: config}, nil
}

// Propose implements Strategy.
func (e *Evolution) Propose(n int) ([]Proposal, error) {
	return e.propose(n, func(generators []*rand.Rand) (all [][]int, err error) {
		for i, g := range generators {
			if e.Next+i < e.config.Population || len(e.population) == 0 {
				all = append(all, space.Random(e.space, g))
			} else {
				all = append(all, space.Mutate(e.space, g, e.parent(g).Choices))
			}
		}
		return all, nil
	})
}

// parent returns the winner of a tournament.
func (e *Evolution) parent(r *rand.Rand) Scored {
	winner := e.population[r.IntN(len(e.population))]
	for range e.config.Tournament - 1 {
		if other := e.population[r.IntN(len(e.population))]; other.compare(winner) < 0 {
			winner = other
		}
	}
	return winner
}

// Learn implements Strategy.
func (e *Evolution) Learn(results []Result) error {
	scored, err := e.score(results)
	if err != nil {
		return err
	}
	e.settle(scored)
	all := slices.Concat(e.population, scored)
	e.population = all[max(0, len(all)-e.config.Population):]
	return nil
}

// State implements Strategy.
func (e *Evolution) State() ([]byte, error) { return e.save(e.population) }

// Restore implements Strategy.
func (e *Evolution) Restore(data []byte) error {
	var population []Scored
	t, err := e.load(data, &population)
	if err != nil {
		return err
	}
	learned := t.Next - len(t.Pending)
	if err := checkScored(e.space, learned, population); err != nil {
		return fmt.Errorf("strategy: the state is malformed: %w", err)
	}
	if want := min(learned, e.config.Population); len(population) != want {
		return fmt.Errorf("strategy: the state's population is %d; want %d", len(population), want)
	}
	e.trials, e.population = t, population
	return nil
}
