package controller

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// distribution is the softmax of a decision.
type distribution []float64

// softmax returns the distribution of some logits.
func softmax(logits []float32) (distribution, error) {
	largest := math.Inf(-1)
	for _, l := range logits {
		if v := float64(l); math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("logits are %w", ErrNotFinite)
		}
		largest = max(largest, float64(l))
	}
	p, sum := make(distribution, len(logits)), 0.0
	for i, l := range logits {
		p[i] = math.Exp(float64(l) - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p, nil
}

// draw returns a choice, each with its probability.
func (p distribution) draw(r *rand.Rand) int {
	u := r.Float64()
	last := 0
	for i, v := range p {
		if v > 0 {
			last = i
		}
		if u -= v; u < 0 {
			return i
		}
	}
	return last // by rounding, u was not used up
}

// log returns the log-probability of a choice; of one that is 0, the smallest float64's.
func (p distribution) log(i int) float64 { return math.Log(max(p[i], math.SmallestNonzeroFloat64)) }

func (p distribution) entropy() (h float64) {
	for i, v := range p {
		h -= v * p.log(i)
	}
	return h
}
