package strategy

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/space"
)

// TestSearch has strategies look for the planted best of base 2, in 500 trials of batches of 10,
// from 20 seeds each. What random search finds is far from it in most of them, and what
// the others find is closer: medians of the best losses.
func TestSearch(t *testing.T) {
	const trials, batch = 500, 10
	seeds := 20
	if testing.Short() {
		seeds = 5
	}
	median := func(make func(s space.Space, seed uint64) Strategy) float64 {
		var losses []float64
		for seed := range seeds {
			s := make(base2(t), uint64(seed))
			for range trials / batch {
				var results []Result
				for _, p := range propose(t, s, batch) {
					results = append(results, Result{Trial: p.Trial, Standing: Standing{Loss: loss(p.Choices)}})
				}
				learn(t, s, results)
			}
			best, _ := s.Best()
			losses = append(losses, best.Loss)
		}
		slices.Sort(losses)
		return losses[seeds/2]
	}
	random := median(func(s space.Space, seed uint64) Strategy { return NewRandom(s, seed) })
	evolution := median(func(s space.Space, seed uint64) Strategy {
		return newEvolution(t, s, seed, EvolutionConfig{Population: 50, Tournament: 10})
	})
	reinforce := median(func(s space.Space, seed uint64) Strategy {
		config := DefaultReinforce()
		config.Controller.LearningRate = 0.01
		r, err := NewReinforce(s, seed, config)
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
	if math.Abs(random-1.4) > 0.21 || evolution > 1.01 || reinforce > 1.01 {
		t.Errorf("medians of the best losses: random %.2f, evolution %.2f, reinforce %.2f; want about 1.4, and 1", random, evolution, reinforce)
	}
}

// TestSelection has a controller with so much entropy in the loss that it hardly learns: the
// rewards, the best and the queue are what they are without.
func TestSelection(t *testing.T) {
	config := DefaultReinforce()
	config.Queue, config.Controller.Hidden = 3, 4
	var reports []float64
	for _, entropy := range []float64{0, 100} {
		config.Controller.Entropy = entropy
		r, err := NewReinforce(base2(t), 1, config)
		if err != nil {
			t.Fatal(err)
		}
		proposals := propose(t, r, 8)
		results := evaluate(proposals)
		learn(t, r, results)
		reports = append(reports, r.Report().Reward, r.Report().Baseline)
		for i, q := range r.queue {
			if want := loss(q.Choices); q.Loss != want || i > 0 && q.Loss < r.queue[i-1].Loss {
				t.Errorf("the queue is %+v", r.queue)
			}
		}
		best, _ := r.Best()
		for i, result := range results {
			if !result.Dead && result.Loss < best.Loss {
				t.Errorf("trial %d has a loss of %v, the best %v", i, result.Loss, best.Loss)
			}
		}
		if best.Trial != r.queue[0].Trial || len(r.queue) != 3 {
			t.Errorf("the best is %+v, the queue %+v", best, r.queue)
		}
	}
	if reports[0] != reports[2] || reports[1] != reports[3] {
		t.Errorf("rewards and baselines are %v", reports)
	}
}

// TestQueue keeps the best distinct sequences, of equal ones the first.
func TestQueue(t *testing.T) {
	r := newReinforce(t, base2(t), 1, 3)
	one := func(trial, c int, loss float64, failed bool) Scored {
		return Scored{Proposal{trial, []int{c}}, Standing{Loss: loss}, failed}
	}
	r.queue = r.ranked([]Scored{one(0, 0, 3, false), one(1, 1, 2, false), one(2, 2, 0, true), one(3, 1, 2, false)})
	r.queue = r.ranked([]Scored{one(4, 3, 2, false), one(5, 0, 1, false), one(6, 4, 2, false), one(7, 0, 4, false)})
	var got []int
	for _, s := range r.queue {
		got = append(got, s.Trial)
	}
	if want := []int{5, 1, 4}; !slices.Equal(got, want) {
		t.Errorf("the queue has trials %v; want %v", got, want)
	}
}
