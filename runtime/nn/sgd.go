package nn

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime"
)

// SGD is stochastic gradient descent with classical momentum (Sutskever et al. 2013,
// section 2, formulas 1 and 2): v ← μ·v − ε·g, θ ← θ + v.
type SGD struct {
	LearningRate float64 // ε ≥ 0, a float32; may change between updates
	Momentum     float64 // μ in [0, 1) as a float32

	user   user
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
	if err := o.user.beginStep(params, o.check); err != nil {
		return fmt.Errorf("nn: SGD Step: %w", err)
	}
	defer o.user.endStep(params)
	o.memory.count()
	for _, p := range params.Distinct() {
		speeds := o.memory.of[p.Name].arrays[0]
		for j := 0; j < len(speeds); j++ {
			j += o.ordinary(speeds[j:], p.Grad[j:], p.Value[j:])
			if j < len(speeds) {
				speeds[j], p.Value[j] = o.extreme(speeds[j], p.Grad[j], p.Value[j])
			}
		}
	}
	return nil
}

// ordinary updates the first weights in float32, and returns how many: as many as come before
// one that overflows. A call in the loop would make it slower.
func (o *SGD) ordinary(speeds, grad, values []float32) int {
	rate, momentum := float32(o.LearningRate), float32(o.Momentum)
	speeds, values = speeds[:len(grad)], values[:len(grad)]
	for j, g := range grad {
		v := momentum*speeds[j] - rate*g
		if g == 0 && faded(v) {
			v = 0
		}
		w := values[j] + v
		if !finite(w) {
			return j
		}
		speeds[j], values[j] = v, w
	}
	return len(grad)
}

// extreme returns the v and θ of an update that overflows, the largest float32 for what is
// larger.
func (o *SGD) extreme(v, g, w float32) (speed, value float32) {
	speed = saturated(o.Momentum*float64(v) - o.LearningRate*float64(g))
	return speed, saturated(float64(w) + float64(speed))
}

// State implements [Optimizer]. For each parameter there is the array NAME.velocity.
func (o *SGD) State(params runtime.Params) (OptimizerState, error) {
	if err := o.user.begin(); err != nil {
		return OptimizerState{}, fmt.Errorf("nn: SGD State: %w", err)
	}
	defer o.user.end()
	s, err := o.memory.state(params)
	if err != nil {
		return s, fmt.Errorf("nn: SGD State: %w", err)
	}
	return s, nil
}

// Restore implements [Optimizer].
func (o *SGD) Restore(params runtime.Params, s OptimizerState) error {
	if err := o.user.begin(); err != nil {
		return fmt.Errorf("nn: SGD Restore: %w", err)
	}
	defer o.user.end()
	m, err := restored(params, s, velocity)
	if err != nil {
		return fmt.Errorf("nn: SGD Restore: %w", err)
	}
	o.memory = m
	return nil
}

func (o *SGD) check(params runtime.Params) error {
	if err := errors.Join(checkRate(o.LearningRate), checkDecay("momentum", o.Momentum)); err != nil {
		return err
	}
	return o.memory.prepare(params, velocity)
}
