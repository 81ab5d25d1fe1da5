package controller

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/nn"
)

// Episode is a sequence that was drawn, and what it was worth.
type Episode struct {
	Choices []int
	Reward  float64 // the larger the better
}

// Report is what an update has seen, before it changed anything. Means are over the episodes.
type Report struct {
	Reward   float64 `json:"reward"`            // mean
	Baseline float64 `json:"baseline"`          // what was subtracted from rewards
	Entropy  float64 `json:"entropy"`           // mean of a sequence's, in nats
	Norm     float64 `json:"norm"`              // of the gradient
	Skipped  bool    `json:"skipped,omitempty"` // the weights are as before: something was not finite
}

// Update makes one step of Adam on the loss
//
//	− 1/B Σ_b (reward_b − baseline) log p(sequence_b)      REINFORCE, Williams 1992
//	− Entropy · 1/B Σ_b Σ_t H(decision t of sequence b)    given the choices before it
//	− QueueWeight · 1/K Σ_k log p(best_k)                  Abolafia et al. 2018, arXiv:1801.03526
//
// with the probabilities of whole sequences, B episodes and K best sequences, which may be none.
// The baseline is the exponential mean of the batches' mean rewards before this one; of the
// first batch, its own mean.
//
// If gradients are not finite, or logits after the step, which a cell without bounds can cause, the
// weights stay as they were, and the report says so. It is an error, and nothing changes, if a
// sequence is not of the space, if a reward is not finite, or if no episode is given.
func (c *Controller) Update(episodes []Episode, best [][]int) (Report, error) {
	if len(episodes) == 0 {
		return Report{}, errors.New("controller: no episodes; an update needs at least one")
	}
	var report Report
	for b, e := range episodes {
		if math.IsNaN(e.Reward) || math.IsInf(e.Reward, 0) {
			return Report{}, fmt.Errorf("controller: the reward of episode %d is %v; want a finite number", b, e.Reward)
		}
		report.Reward += e.Reward / float64(len(episodes))
	}
	report.Baseline = report.Reward
	if c.baseline != nil {
		report.Baseline = *c.baseline
	}
	entropy, norm, err := c.step(c.rows(episodes, best, report.Baseline))
	if report.Skipped = errors.Is(err, ErrNotFinite); err != nil && !report.Skipped {
		return Report{}, err
	}
	if !report.Skipped {
		report.Norm = norm
		for _, h := range entropy[:len(episodes)] {
			report.Entropy += h / float64(len(episodes))
		}
	}
	next := c.config.BaselineDecay*report.Baseline + (1-c.config.BaselineDecay)*report.Reward
	c.baseline = &next
	return report, nil
}

// step makes a step of Adam, and returns the entropy of each row and the norm of the gradient. After
// an error the weights are as before.
func (c *Controller) step(rows []row) (entropy []float64, norm float64, err error) {
	c.params.Zero()
	if entropy, err = c.gradient(rows); err != nil {
		return nil, 0, err
	}
	if norm, err = nn.ClipGradients(c.params, math.Inf(1)); errors.Is(err, nn.ErrNotFinite) {
		return nil, 0, fmt.Errorf("controller: gradients are %w", ErrNotFinite)
	} else if err != nil {
		return nil, 0, fmt.Errorf("controller: %w", err)
	}
	before := make([][]float32, len(c.params))
	for i, p := range c.params {
		before[i] = slices.Clone(p.Value)
	}
	if err := c.adam.Step(c.params); err != nil {
		return nil, 0, fmt.Errorf("controller: %w", err)
	}
	c.updates++
	if _, _, err := c.LogProbabilities(choicesOf(rows)); err != nil {
		for i, p := range c.params {
			copy(p.Value, before[i])
		}
		return nil, 0, err
	}
	return entropy, norm, nil
}

// row is a sequence with the weights of its log-probability and of its entropy in the loss, where both
// are negative.
type row struct {
	choices      []int
	log, entropy float64
}

func choicesOf(rows []row) (all [][]int) {
	for _, r := range rows {
		all = append(all, r.choices)
	}
	return all
}

func (c *Controller) rows(episodes []Episode, best [][]int, baseline float64) (rows []row) {
	for _, e := range episodes {
		n := float64(len(episodes))
		rows = append(rows, row{e.Choices, (e.Reward - baseline) / n, c.config.Entropy / n})
	}
	for _, s := range best {
		rows = append(rows, row{s, c.config.QueueWeight / float64(len(best)), 0})
	}
	return rows
}

// gradient adds the gradients of −Σ (log · log p(choices) + entropy · Σ_t H_t) to the
// controller's, and returns the entropy Σ_t H_t of each row.
func (c *Controller) gradient(rows []row) (entropy []float64, err error) {
	entropy = make([]float64, len(rows))
	dlogits, err := c.decide(choicesOf(rows), func(b, _, choice int, p distribution, logits []float32) {
		h := p.entropy()
		entropy[b] += h
		clear(logits) // choices that the decision does not have here have no part in it
		for i, v := range p {
			d := rows[b].log * v
			if i == choice {
				d -= rows[b].log
			}
			logits[i] = float32(d + rows[b].entropy*v*(p.log(i)+h))
		}
	})
	if err != nil {
		return nil, err
	}
	if err := c.net.backward(dlogits, c.params); err != nil {
		return nil, fmt.Errorf("controller: %w", err)
	}
	return entropy, nil
}
