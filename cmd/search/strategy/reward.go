package strategy

import (
	"math"
	"slices"
	"sort"

	"github.com/cellgen/cellgen/cmd/search/field"
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
	return field.Errorf("Reward", "is %s%s; want %s or %s", front.Quote(string(r)), near, Quantile, Perplexity)
}

// past is how all trials stand.
type past struct {
	Standings []Standing `json:"standings"` // of those that have not failed, the best first
	Failed    int        `json:"failed"`    // how many have
}

// with returns the past and some more trials.
func (p past) with(scored []Scored) past {
	next := past{slices.Clone(p.Standings), p.Failed}
	for _, s := range scored {
		if s.Failed {
			next.Failed++
		} else {
			next.Standings = append(next.Standings, s.Standing)
		}
	}
	slices.SortFunc(next.Standings, Standing.Compare)
	return next
}

// quantile returns the reward of a standing that is one of the past.
func (p past) quantile(s Standing) float64 {
	others := len(p.Standings) + p.Failed - 1
	if others == 0 {
		return 0.5
	}
	first, _ := slices.BinarySearchFunc(p.Standings, s, Standing.Compare)
	after := first + sort.Search(len(p.Standings)-first, func(i int) bool { return p.Standings[first+i].Compare(s) > 0 })
	worse, equal := len(p.Standings)-after+p.Failed, after-first-1
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
			rewards[i] = p.quantile(s.Standing)
		}
	}
	return rewards
}
