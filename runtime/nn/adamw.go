package nn

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// AdamW is [Adam] with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101,
// Algorithm 2): every update also takes α·λ·θ from a weight θ, where α is the learning rate.
// (The schedule multiplier η of the paper is part of both α and λ·α, as in PyTorch.)
type AdamW struct {
	Adam
	WeightDecay float64 // λ ≥ 0, with α·λ ≤ 1; may change between updates

	// Decays reports whether a parameter decays. Nil stands for matrices: biases and other
	// vectors do not. It is an error of Step if parameters that share their Value do not agree.
	Decays func(p runtime.Param) bool
}

// NewAdamW returns AdamW with Adam's defaults, and λ = 0.01.
func NewAdamW(learningRate float64) *AdamW {
	return &AdamW{Adam: Adam{LearningRate: learningRate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}, WeightDecay: 0.01}
}

// Step implements [Optimizer].
func (o *AdamW) Step(params runtime.Params) error {
	if err := o.user.beginStep(params, o.check); err != nil {
		return fmt.Errorf("nn: AdamW Step: %w", err)
	}
	defer o.user.endStep(params)
	part := float32(o.LearningRate * o.WeightDecay)
	for _, p := range params.Distinct() {
		if part > 0 && o.decays(p) {
			decay(p.Value, part)
		}
	}
	o.Adam.update(params)
	return nil
}

// State implements [Optimizer], with the arrays of [Adam.State].
func (o *AdamW) State(params runtime.Params) (OptimizerState, error) {
	s, err := o.state(params)
	if err != nil {
		return s, fmt.Errorf("nn: AdamW State: %w", err)
	}
	return s, nil
}

// Restore implements [Optimizer].
func (o *AdamW) Restore(params runtime.Params, s OptimizerState) error {
	if err := o.restore(params, s); err != nil {
		return fmt.Errorf("nn: AdamW Restore: %w", err)
	}
	return nil
}

// decay takes a part of each value, which counts as 0 once it is tiny.
func decay(values []float32, part float32) {
	for i, v := range values {
		if v -= float32(part * v); !matrix.Counts(v) {
			v = 0
		}
		values[i] = v
	}
}

func (o *AdamW) decays(p runtime.Param) bool {
	if o.Decays == nil {
		return len(p.Shape) > 1
	}
	return o.Decays(p)
}

func (o *AdamW) check(params runtime.Params) error {
	if !(o.WeightDecay >= 0) {
		return fmt.Errorf("weight decay is %v, want at least 0", o.WeightDecay)
	}
	if part := o.LearningRate * o.WeightDecay; part > 1 {
		return fmt.Errorf("learning rate times weight decay is %v, want at most 1", part)
	}
	for i, p := range params {
		if first := params[params.First(i)]; o.decays(p) != o.decays(first) {
			return fmt.Errorf("%s and %s share their values, and only one of them decays", first.Name, p.Name)
		}
	}
	return o.Adam.check(params)
}
