package strategy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestQuantile compares rewards with their definition, counted out.
func TestQuantile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	config := DefaultReinforce()
	for range 200 {
		var p past
		var all []Scored
		for range 1 + r.IntN(4) {
			var batch []Scored
			for range 1 + r.IntN(5) {
				batch = append(batch, Scored{Standing: Standing{r.IntN(3), float64(r.IntN(5))}, Failed: r.IntN(4) == 0})
			}
			all = append(all, batch...)
			p = p.with(batch)
			for i, got := range config.rewards(p, batch) {
				if want := counted(all, batch[i]); math.Abs(got-want) > 1e-15 {
					t.Fatalf("the reward of %+v among %+v is %v; want %v", batch[i], all, got, want)
				}
			}
		}
	}
}

func counted(all []Scored, one Scored) float64 {
	if one.Failed {
		return 0
	}
	if len(all) == 1 {
		return 0.5
	}
	sum := -0.5 // itself, which is equal
	for _, s := range all {
		switch {
		case s.Failed || s.Rung < one.Rung || s.Rung == one.Rung && s.Loss > one.Loss:
			sum++
		case s.Standing == one.Standing:
			sum += 0.5
		}
	}
	return sum / float64(len(all)-1)
}

// TestOrder has a larger reward for a smaller loss on a rung, and the least for failures.
func TestOrder(t *testing.T) {
	batch := []Scored{{Standing: Standing{0, 0}}, {Standing: Standing{0, 0.5}}, {Standing: Standing{0, 2}}, {Standing: Standing{0, 9}}, {Failed: true}}
	for _, reward := range []Reward{Quantile, Perplexity} {
		config := DefaultReinforce()
		config.Reward = reward
		rewards := config.rewards(past{}.with(batch), batch)
		slices.Reverse(rewards)
		if !slices.IsSorted(rewards) || rewards[0] != 0 || slices.Compact(slices.Clone(rewards))[1] <= 0 {
			t.Errorf("%s: from worst to best, rewards are %v", reward, rewards)
		}
	}
}

// TestPerplexity computes the paper's reward: 80 / perplexity².
func TestPerplexity(t *testing.T) {
	config := DefaultReinforce()
	config.Reward = Perplexity
	for _, perplexity := range []float64{1, 2, 78.4} {
		got := config.rewards(past{}, []Scored{{Standing: Standing{0, math.Log(perplexity)}}})[0]
		if want := 80 / (perplexity * perplexity); math.Abs(got-want) > 1e-13*want {
			t.Errorf("the reward of perplexity %v is %v; want %v", perplexity, got, want)
		}
	}
}
