package strategy

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/cellgen/cellgen/gen/front"
)

// Reward is how a controller's reward follows from a loss.
type Reward string

const (
	// Quantile is the share of worse trials among the others so far, the batch included; equal
	// ones count a half. It needs no scale, and a good trial is worth as much late in a search as
	// early. The first trial alone gets a half.
	Quantile Reward = "quantile"
	// Perplexity is the paper's Scale / perplexity², where the perplexity is exp(loss).
	Perplexity Reward = "perplexity"
)

func (r Reward) check() error {
	if r == Quantile || r == Perplexity {
		return nil
	}
	near := front.Nearest(string(r), []string{string(Quantile), string(Perplexity)})
	return fmt.Errorf("reward %s%s; want %s or %s", front.Quote(string(r)), near, Quantile, Perplexity)
}

// past is the losses of all trials.
type past struct {
	Losses []float64 `json:"losses"` // of those that have not failed, sorted
	Failed int       `json:"failed"` // how many have
}

// with returns the past and some more trials.
func (p past) with(scored []Scored) past {
	next := past{slices.Clone(p.Losses), p.Failed}
	for _, s := range scored {
		if s.Failed {
			next.Failed++
		} else {
			next.Losses = append(next.Losses, s.Loss)
		}
	}
	slices.Sort(next.Losses)
	return next
}

// quantile returns the reward of a loss that is one of the past.
func (p past) quantile(loss float64) float64 {
	others := len(p.Losses) + p.Failed - 1
	if others == 0 {
		return 0.5
	}
	least := sort.SearchFloat64s(p.Losses, loss)
	above := least + sort.Search(len(p.Losses)-least, func(i int) bool { return p.Losses[least+i] > loss })
	worse, equal := len(p.Losses)-above+p.Failed, above-least-1
	return (float64(worse) + float64(equal)/2) / float64(others)
}

// rewards returns the reward of each trial, whose past has it. A trial that has failed gets 0,
// the worst.
func (c *ReinforceConfig) rewards(p past, scored []Scored) []float64 {
	rewards := make([]float64, len(scored))
	for i, s := range scored {
		switch {
		case s.Failed:
		case c.Reward == Perplexity:
			rewards[i] = c.Scale * math.Exp(-2*s.Loss)
		default:
			rewards[i] = p.quantile(s.Loss)
		}
	}
	return rewards
}
