package controller

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/nn"
)

// State is all that a controller has learned. As JSON it comes back bit for bit.
type State struct {
	Weights   []nn.Array        `json:"weights"`
	Optimizer nn.OptimizerState `json:"optimizer"`
	Baseline  *float64          `json:"baseline"` // null before the first update
	Updates   int               `json:"updates"`
}

// State returns a copy of what the controller has learned.
func (c *Controller) State() (State, error) {
	s := State{Updates: c.updates, Weights: []nn.Array{}}
	if c.baseline != nil {
		baseline := *c.baseline
		s.Baseline = &baseline
	}
	for _, p := range c.params {
		values, err := p.Export(p.Value)
		if err != nil {
			return State{}, fmt.Errorf("controller: %w", err)
		}
		s.Weights = append(s.Weights, nn.Array{Name: p.Name, Shape: slices.Clone(p.Shape), Values: values})
	}
	if c.updates == 0 {
		return s, nil
	}
	var err error
	if s.Optimizer, err = c.adam.State(c.params); err != nil {
		return State{}, fmt.Errorf("controller: %w", err)
	}
	return s, nil
}

// Restore lets the controller go on from a state, bit for bit as the controller that it was
// taken from, which must have had the same space and configuration. It is an error, and nothing
// changes, if an array or the baseline does not fit or is not finite.
func (c *Controller) Restore(s State) error {
	if len(s.Weights) != len(c.params) {
		return fmt.Errorf("controller: the state has %d arrays of weights; want %d", len(s.Weights), len(c.params))
	}
	for i, p := range c.params {
		w := s.Weights[i]
		if w.Name != p.Name || !slices.Equal(w.Shape, p.Shape) || len(w.Values) != size(p.Shape) {
			return fmt.Errorf("controller: the state has %s %v of %d values; want %s %v", w.Name, w.Shape, len(w.Values), p.Name, p.Shape)
		}
		for _, v := range w.Values {
			if v-v != 0 {
				return fmt.Errorf("controller: a weight of %s is %v; want a finite number", w.Name, v)
			}
		}
	}
	if s.Baseline == nil && s.Updates > 0 || s.Updates < 0 || s.Updates != s.Optimizer.Steps {
		return fmt.Errorf("controller: the state has %d updates, %d of the optimizer, and must have a baseline if there are some", s.Updates, s.Optimizer.Steps)
	}
	if s.Baseline != nil && (math.IsNaN(*s.Baseline) || math.IsInf(*s.Baseline, 0)) {
		return fmt.Errorf("controller: the baseline is %v; want a finite number", *s.Baseline)
	}
	adam := nn.NewAdam(c.config.LearningRate)
	if s.Updates > 0 {
		if err := adam.Restore(c.params, s.Optimizer); err != nil {
			return fmt.Errorf("controller: %w", err)
		}
	}
	for i, p := range c.params {
		if err := p.Import(p.Value, s.Weights[i].Values); err != nil {
			return fmt.Errorf("controller: %w", err)
		}
	}
	c.adam, c.updates, c.baseline = adam, s.Updates, nil
	if s.Baseline != nil {
		baseline := *s.Baseline
		c.baseline = &baseline
	}
	return nil
}
