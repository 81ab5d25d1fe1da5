package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime"
)

// Adam is Adam with bias correction, Algorithm 1 of Kingma & Ba 2015 (arXiv:1412.6980).
type Adam struct {
	LearningRate float64 // α ≥ 0; may change between updates
	Beta1, Beta2 float64 // decay rates of the two moments, in [0, 1)
	Epsilon      float64 // ε > 0

	memory memory // the moments m and v
}

// moments names what Adam remembers of a parameter.
var moments = []string{"m", "v"}

// NewAdam returns Adam with the paper's β₁ = 0.9, β₂ = 0.999 and ε = 1e−8.
func NewAdam(learningRate float64) *Adam {
	return &Adam{LearningRate: learningRate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
}

// Step implements [Optimizer]. β·m + (1−β)·g is computed as m + (1−β)·(g−m), which in
// float32 is a weighted mean however 1−β is rounded.
func (o *Adam) Step(params runtime.Params) error {
	if err := o.check(params); err != nil {
		return fmt.Errorf("nn: Adam Step: %w", err)
	}
	o.memory.steps++
	t := float64(o.memory.steps)
	rate := float32(o.LearningRate / (1 - math.Pow(o.Beta1, t)))
	correction := float32(1 / (1 - math.Pow(o.Beta2, t)))
	gain1, gain2, epsilon := float32(1-o.Beta1), float32(1-o.Beta2), float32(o.Epsilon)
	for _, p := range params {
		of := o.memory.of[p.Name].arrays
		first, second := of[0], of[1]
		for j, g := range p.Grad {
			m := first[j] + gain1*(g-first[j])
			v := second[j] + gain2*(g*g-second[j])
			first[j], second[j] = m, v
			p.Value[j] -= rate * m / (float32(math.Sqrt(float64(v*correction))) + epsilon)
		}
	}
	return nil
}

// State implements [Optimizer]. For each parameter there are the arrays NAME.m and NAME.v,
// the two moments.
func (o *Adam) State(params runtime.Params) (OptimizerState, error) {
	s, err := o.memory.state(params)
	if err != nil {
		return s, fmt.Errorf("nn: Adam State: %w", err)
	}
	return s, nil
}

// Restore implements [Optimizer].
func (o *Adam) Restore(params runtime.Params, s OptimizerState) error {
	m, err := restored(params, s, moments)
	if err != nil {
		return fmt.Errorf("nn: Adam Restore: %w", err)
	}
	for name, r := range m.of {
		if slices.ContainsFunc(r.arrays[1], func(v float32) bool { return v < 0 }) {
			return fmt.Errorf("nn: Adam Restore: %s.v has a negative value, which no mean of squares is", name)
		}
	}
	o.memory = m
	return nil
}

func (o *Adam) check(params runtime.Params) error {
	err := errors.Join(checkRate(o.LearningRate), checkDecay("beta1", o.Beta1), checkDecay("beta2", o.Beta2))
	if err != nil {
		return err
	}
	if !(float32(o.Epsilon) > 0) { // where gradients are zero, the update would be 0/0
		return fmt.Errorf("epsilon is %v, want a number above 0", o.Epsilon)
	}
	return o.memory.prepare(params, moments)
}
