package nn

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime"
)

// SGD is stochastic gradient descent with classical momentum (Sutskever et al. 2013,
// section 2, formulas 1 and 2): v ← μ·v − ε·g, θ ← θ + v.
type SGD struct {
	LearningRate float64 // ε ≥ 0; may change between updates
	Momentum     float64 // μ in [0, 1)

	memory memory
}

// velocity names what SGD remembers of a parameter.
var velocity = []string{"velocity"}

// NewSGD returns gradient descent without momentum.
func NewSGD(learningRate float64) *SGD {
	return &SGD{LearningRate: learningRate}
}

// Step implements [Optimizer].
func (o *SGD) Step(params runtime.Params) error {
	err := errors.Join(checkRate(o.LearningRate), checkDecay("momentum", o.Momentum))
	if err == nil {
		err = o.memory.prepare(params, velocity)
	}
	if err != nil {
		return fmt.Errorf("nn: SGD Step: %w", err)
	}
	o.memory.steps++
	rate, momentum := float32(o.LearningRate), float32(o.Momentum)
	for _, p := range params {
		speeds := o.memory.of[p.Name].arrays[0]
		for j, g := range p.Grad {
			v := momentum*speeds[j] - rate*g
			speeds[j] = v
			p.Value[j] += v
		}
	}
	return nil
}

// State implements [Optimizer]. For each parameter there is the array NAME.velocity.
func (o *SGD) State(params runtime.Params) (OptimizerState, error) {
	s, err := o.memory.state(params)
	if err != nil {
		return s, fmt.Errorf("nn: SGD State: %w", err)
	}
	return s, nil
}

// Restore implements [Optimizer].
func (o *SGD) Restore(params runtime.Params, s OptimizerState) error {
	m, err := restored(params, s, velocity)
	if err != nil {
		return fmt.Errorf("nn: SGD Restore: %w", err)
	}
	o.memory = m
	return nil
}
