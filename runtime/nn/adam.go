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
	LearningRate float64 // α ≥ 0, a float32; may change between updates
	Beta1, Beta2 float64 // decay rates of the two moments, in [0, 1) as float32
	Epsilon      float64 // ε ≥ 2⁻¹²⁶, a float32

	user   user
	memory memory // the moments m and v
}

// moments names what Adam remembers of a parameter.
var moments = []string{"m", "v"}

// NewAdam returns Adam with the paper's β₁ = 0.9, β₂ = 0.999 and ε = 1e−8.
func NewAdam(learningRate float64) *Adam {
	return &Adam{LearningRate: learningRate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
}

// Step implements [Optimizer]. β·m + (1−β)·g is computed as m + (1−β)·(g−m), which in
// float32 is a weighted mean however 1−β is rounded. Updates whose g² or v/(1−β₂ᵗ) float32
// cannot hold in full precision are computed in float64.
func (o *Adam) Step(params runtime.Params) error {
	if err := o.user.beginStep(params, o.check); err != nil {
		return fmt.Errorf("nn: Adam Step: %w", err)
	}
	defer o.user.endStep(params)
	o.update(params)
	return nil
}

// update updates all parameters.
func (o *Adam) update(params runtime.Params) {
	o.memory.count()
	u := o.numbers(float64(o.memory.steps))
	for _, p := range params.Distinct() {
		u.step(o.memory.of[p.Name], p)
	}
}

// State implements [Optimizer]. For each parameter there are the arrays NAME.m and NAME.v,
// the two moments. Where float32 cannot hold v in full precision, as after gradients above 1e19
// or below 1e-19, NAME.v has −√v.
func (o *Adam) State(params runtime.Params) (OptimizerState, error) {
	s, err := o.state(params)
	if err != nil {
		return s, fmt.Errorf("nn: Adam State: %w", err)
	}
	return s, nil
}

func (o *Adam) state(params runtime.Params) (OptimizerState, error) {
	if err := o.user.begin(); err != nil {
		return OptimizerState{}, err
	}
	defer o.user.end()
	return o.memory.state(params)
}

// Restore implements [Optimizer].
func (o *Adam) Restore(params runtime.Params, s OptimizerState) error {
	if err := o.restore(params, s); err != nil {
		return fmt.Errorf("nn: Adam Restore: %w", err)
	}
	return nil
}

func (o *Adam) restore(params runtime.Params, s OptimizerState) error {
	if err := o.user.begin(); err != nil {
		return err
	}
	defer o.user.end()
	m, err := restored(params, s, moments)
	if err != nil {
		return err
	}
	for name, r := range m.of {
		if i := slices.IndexFunc(r.arrays[1], func(v float32) bool { return !isMoment(v) }); i >= 0 {
			return fmt.Errorf("%s.v has a negative value, %v, which no mean of squares is", name, r.arrays[1][i])
		}
		r.roots = slices.ContainsFunc(r.arrays[1], isRoot)
	}
	o.memory = m
	return nil
}

func (o *Adam) check(params runtime.Params) error {
	err := errors.Join(checkRate(o.LearningRate), checkDecay("beta1", o.Beta1), checkDecay("beta2", o.Beta2))
	if err != nil {
		return err
	}
	if err := checkPositive("epsilon", o.Epsilon, math.MaxFloat32); err != nil { // with 0, a gradient of zero would give 0/0
		return err
	}
	return o.memory.prepare(params, moments)
}
