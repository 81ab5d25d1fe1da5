package controller

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// planted is a reward on the base-2 cells with one best sequence, of reward 1: the share of its
// choices that a sequence has. The last two count only together.
type planted []int

func (p planted) reward(choices []int) float64 {
	last := len(p) - 2
	hits := 0
	for i, c := range choices[:last] {
		if c == p[i] {
			hits++
		}
	}
	if slices.Equal(choices[last:], p[last:]) {
		hits += 2
	}
	return float64(hits) / float64(len(p))
}

// TestPlanted has controllers learn a planted reward, each with a best sequence and seeds of its
// own, from 1,000 samples in batches of 20. In at least 95 of 100 seeds, the mean reward of 500
// more samples is at least 95 % of the best: not one lucky sample, but what the controller
// draws. A random sequence has 0.32 on average.
func TestPlanted(t *testing.T) {
	const updates, batch = 50, 20
	s, err := space.NewTokens(2, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		cell  kernel.Cell
		rate  float64
		seeds int
	}{{"lstm", lstm.Kernel{}, 0.01, 100}, {"none", nil, 0.1, 100}} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() {
				c.seeds = 10
			}
			means := make([]float64, c.seeds)
			var all sync.WaitGroup
			for seed := range c.seeds {
				config := Paper()
				config.Cell, config.LearningRate, config.Seed = c.cell, c.rate, uint64(seed)
				all.Go(func() { means[seed] = learnPlanted(t, s, config, updates, batch) })
			}
			all.Wait()
			slices.Sort(means)
			failed, _ := slices.BinarySearch(means, 0.95)
			if failed > c.seeds/20 {
				t.Errorf("%d of %d seeds stay below 0.95; means are %.3f", failed, c.seeds, means[:failed])
			}
			t.Logf("means from %.3f to %.3f, median %.3f; %d of %d below 0.95", means[0], means[len(means)-1], means[len(means)/2], failed, c.seeds)
		})
	}
}

// learnPlanted returns the mean reward of samples of a controller that has learned.
func learnPlanted(t *testing.T, s space.Space, config Config, updates, batch int) float64 {
	c, err := New(s, config)
	if err != nil {
		t.Error(err)
		return math.NaN()
	}
	best := planted(space.Random(s, rand.New(rand.NewPCG(config.Seed, 1))))
	for k := range updates {
		episodes := sampled(t, c, best, generators(config.Seed<<32+uint64(k), batch))
		if _, err := c.Update(episodes, nil); err != nil {
			t.Error(err)
			return math.NaN()
		}
	}
	mean, final := 0.0, sampled(t, c, best, generators(config.Seed<<32+uint64(updates), 500))
	for _, e := range final {
		mean += e.Reward / float64(len(final))
	}
	return mean
}

func sampled(t *testing.T, c *Controller, best planted, generators []*rand.Rand) (episodes []Episode) {
	drawn, err := c.Sample(generators)
	if err != nil {
		t.Error(err)
	}
	for _, choices := range drawn {
		episodes = append(episodes, Episode{choices, best.reward(choices)})
	}
	return episodes
}
