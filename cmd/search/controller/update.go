package controller

import (
	"errors"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/nn"
)

// Episode is a sequence that was drawn, and what it was worth.
type Episode struct {
	Choices []int
	Reward  float64 // the larger the better
}

// Report is what an update has seen, before it changed anything. Means are over the episodes.
type Report struct {
	Reward   float64 `json:"reward"`   // mean
	Baseline float64 `json:"baseline"` // what was subtracted from rewards
	Entropy  float64 `json:"entropy"`  // mean of a sequence's, in nats
	Norm     float64 `json:"norm"`     // of the gradient
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
// It is an error, and nothing changes, if a sequence is not of the space, if a reward is not
// finite, if no episode is given, or if logits or gradients are not finite (ErrNotFinite).
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
	rows := c.rows(episodes, best, report.Baseline)
	c.params.Zero()
	entropy, err := c.gradient(rows)
	if err != nil {
		return Report{}, err
	}
	for _, h := range entropy[:len(episodes)] {
		report.Entropy += h / float64(len(episodes))
	}
	if report.Norm, err = nn.ClipGradients(c.params, math.Inf(1)); errors.Is(err, nn.ErrNotFinite) {
		return Report{}, fmt.Errorf("controller: gradients are %w", ErrNotFinite)
	} else if err != nil {
		return Report{}, fmt.Errorf("controller: %w", err)
	}
	if err := c.adam.Step(c.params); err != nil {
		return Report{}, fmt.Errorf("controller: %w", err)
	}
	next := c.config.BaselineDecay*report.Baseline + (1-c.config.BaselineDecay)*report.Reward
	c.baseline = &next
	c.updates++
	return report, nil
}

// row is a sequence with the weights of its log-probability and of its entropy in the loss, where both
// are negative.
type row struct {
	choices      []int
	log, entropy float64
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
	sequences := make([][]int, len(rows))
	for b, r := range rows {
		sequences[b] = r.choices
	}
	entropy = make([]float64, len(rows))
	dlogits, err := c.decide(sequences, func(b, _, choice int, p distribution, logits []float32) {
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
