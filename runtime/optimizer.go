package runtime

import (
	"errors"
	"fmt"
	"math"
)

// Optimizer updates parameters by their gradients. What it remembers of a
// parameter it keeps by position: every Step takes the same parameters in the
// same order.
type Optimizer interface {
	// Step updates all parameters once. It is an error, and nothing changes,
	// if a parameter's gradient, or what is remembered of it, has another
	// length, or if a rate is out of range.
	Step(params []Param) error
}

// SGD is gradient descent with classical momentum (Sutskever et al. 2013,
// section 2, formulas 1 and 2): v ← μ·v − ε·g, θ ← θ + v.
type SGD struct {
	LearningRate float64 // ε ≥ 0, may change between steps
	Momentum     float64 // μ in [0, 1)

	velocity [][]float32
}

// NewSGD returns gradient descent without momentum.
func NewSGD(learningRate float64) *SGD {
	return &SGD{LearningRate: learningRate}
}

// Step implements Optimizer.
func (o *SGD) Step(params []Param) error {
	err := errors.Join(checkRate(o.LearningRate), checkDecay("momentum", o.Momentum))
	if err == nil {
		err = remember(&o.velocity, params)
	}
	if err != nil {
		return fmt.Errorf("runtime: SGD Step: %w", err)
	}
	rate, momentum := float32(o.LearningRate), float32(o.Momentum)
	for i, p := range params {
		velocity := o.velocity[i]
		for j, g := range p.Grad {
			v := momentum*velocity[j] - rate*g
			velocity[j] = v
			p.Value[j] += v
		}
	}
	return nil
}

// Adam is Algorithm 1 of Kingma & Ba 2015, with its bias correction.
type Adam struct {
	LearningRate float64 // α ≥ 0, may change between steps
	Beta1, Beta2 float64 // decays of the two moments, in [0, 1)
	Epsilon      float64 // ε > 0

	steps         int
	first, second [][]float32 // moments m and v
}

// NewAdam returns Adam with the paper's β₁ = 0.9, β₂ = 0.999 and ε = 1e−8.
func NewAdam(learningRate float64) *Adam {
	return &Adam{LearningRate: learningRate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
}

// Step implements Optimizer. β·m + (1−β)·g is written m + (1−β)·(g−m), which in
// float32 is a mean however 1−β is rounded.
func (o *Adam) Step(params []Param) error {
	if err := o.check(params); err != nil {
		return fmt.Errorf("runtime: Adam Step: %w", err)
	}
	o.steps++
	t := float64(o.steps)
	rate := float32(o.LearningRate / (1 - math.Pow(o.Beta1, t)))
	correction := float32(1 / (1 - math.Pow(o.Beta2, t)))
	gain1, gain2, epsilon := float32(1-o.Beta1), float32(1-o.Beta2), float32(o.Epsilon)
	for i, p := range params {
		first, second := o.first[i], o.second[i]
		for j, g := range p.Grad {
			m := first[j] + gain1*(g-first[j])
			v := second[j] + gain2*(g*g-second[j])
			first[j], second[j] = m, v
			p.Value[j] -= rate * m / (float32(math.Sqrt(float64(v*correction))) + epsilon)
		}
	}
	return nil
}

func (o *Adam) check(params []Param) error {
	err := errors.Join(checkRate(o.LearningRate), checkDecay("beta1", o.Beta1), checkDecay("beta2", o.Beta2))
	if err != nil {
		return err
	}
	if !(float32(o.Epsilon) > 0) { // of a parameter whose gradient is zero, 0/0
		return fmt.Errorf("epsilon is %v, want above 0", o.Epsilon)
	}
	if err := remember(&o.first, params); err != nil {
		return err
	}
	return remember(&o.second, params)
}

// remember makes zeros beside params the first time, and checks that they still
// go together from then on.
func remember(state *[][]float32, params []Param) error {
	for _, p := range params {
		if len(p.Value) != len(p.Grad) {
			return fmt.Errorf("%s has %d values and %d gradients", p.Name, len(p.Value), len(p.Grad))
		}
	}
	if *state == nil {
		for _, p := range params {
			*state = append(*state, make([]float32, len(p.Value)))
		}
	}
	if len(params) != len(*state) {
		return fmt.Errorf("%d parameters, had %d before", len(params), len(*state))
	}
	for i, p := range params {
		if len(p.Value) != len((*state)[i]) {
			return fmt.Errorf("%s has %d values, had %d before", p.Name, len(p.Value), len((*state)[i]))
		}
	}
	return nil
}

func checkRate(rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 0) {
		return fmt.Errorf("learning rate is %v, want 0 or more", rate)
	}
	return nil
}

func checkDecay(name string, decay float64) error {
	if !(decay >= 0 && decay < 1) {
		return fmt.Errorf("%s is %v, want in [0, 1)", name, decay)
	}
	return nil
}
