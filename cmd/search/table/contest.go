package table

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/aclements/go-moremath/stats"

	"github.com/cellgen/cellgen/cmd/search/strategy"
)

// Entrant is a strategy that takes part in a contest.
type Entrant struct {
	Name string
	New  func(seed uint64) (strategy.Strategy, error)
}

// Contest is how entrants are compared.
type Contest struct {
	Lookup  *Lookup
	Seeds   int // each strategy is run with the seeds from 1 on
	Cells   int // that a run may try
	Batch   int // proposals between two updates
	Workers int // runs at a time
}

// Standing is how an entrant has done.
type Standing struct {
	Name    string
	Regrets [][]float64 // of each seed, after each cell: see Regret
}

// heat is a run of an entrant.
type heat struct {
	entrant Entrant
	seed    int
	to      *Standing
	err     error
}

// Run runs all entrants with all seeds. After an error it begins no more runs. It returns the error
// of the first run that had one, in their order, however many workers there are.
func (c *Contest) Run(entrants []Entrant) ([]*Standing, error) {
	var all []*Standing
	var heats []heat
	for _, e := range entrants {
		s := &Standing{e.Name, make([][]float64, c.Seeds)}
		all = append(all, s)
		for seed := range c.Seeds {
			heats = append(heats, heat{entrant: e, seed: seed, to: s})
		}
	}
	var next atomic.Int64
	var failed atomic.Bool
	var running sync.WaitGroup
	for range min(c.Workers, len(heats)) {
		running.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(heats) {
					return
				}
				h := &heats[i]
				if h.to.Regrets[h.seed], h.err = c.heat(h.entrant, uint64(h.seed+1)); h.err != nil {
					failed.Store(true)
				}
			}
		})
	}
	running.Wait()
	for _, h := range heats {
		if h.err != nil {
			return nil, h.err
		}
	}
	return all, nil
}

func (c *Contest) heat(e Entrant, seed uint64) ([]float64, error) {
	s, err := e.New(seed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	regret, err := Regret(c.Lookup, s, c.Cells, c.Batch)
	if err != nil {
		return nil, fmt.Errorf("%s, seed %d: %w", e.Name, seed, err)
	}
	return regret, nil
}

// Below returns the p-value of the two-sided Mann-Whitney test that a standing's regrets after so
// many cells are drawn from the same distribution as another's.
func (s *Standing) Below(other *Standing, cells int) (p float64) {
	r, err := stats.MannWhitneyUTest(s.after(cells), other.after(cells), stats.LocationDiffers)
	if err != nil { // all are equal
		return 1
	}
	return r.P
}

// after returns each seed's regret after so many cells.
func (s *Standing) after(cells int) (column []float64) {
	for _, r := range s.Regrets {
		column = append(column, min(r[cells-1], math.MaxFloat64))
	}
	return column
}
