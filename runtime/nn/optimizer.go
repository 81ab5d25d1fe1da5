package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Optimizer updates parameters by their gradients. Finite gradients leave finite weights
// finite, whatever the rates: what float32 cannot hold becomes the largest it can. It remembers
// parameters by name: every Step must be given the same parameters, in any order.
type Optimizer interface {
	// Step updates all parameters once. It is an error, and nothing changes, if the
	// parameters are not those of earlier updates, by name and length, if two have the
	// same name, if one has no gradients, if a rate is out of range, or if another
	// goroutine is using the optimizer or the gradients.
	Step(params runtime.Params) error

	// State returns a copy of what the optimizer remembers, in the order for files (see
	// [runtime.Param.Export]). It is an error if the parameters are not those of earlier
	// updates.
	State(params runtime.Params) (OptimizerState, error)

	// Restore lets the optimizer continue from a state, with these parameters, bit for
	// bit as the optimizer that the state was taken from would, given the same rates
	// (LearningRate and the like), which are not part of the state. It is an error, and
	// nothing changes, if an array of the state is missing, unknown, of another shape or
	// not finite.
	Restore(params runtime.Params, s OptimizerState) error
}

// OptimizerState is what an optimizer remembers.
type OptimizerState struct {
	Steps  int     // updates made
	Arrays []Array // such as layer0.kernel.velocity; none before the first update
}

// Array is a named array in the order for files: row-major, without padding.
type Array = tensor.Tensor

// memory is what an optimizer remembers, in arrays that are in the order of Param.Value.
type memory struct {
	names  []string               // of the arrays for each parameter
	steps  int                    // updates made
	of     map[string]*remembered // by name of the parameter; nil before the first update
	checks int                    // calls of prepare
}

// remembered is what belongs to one parameter.
type remembered struct {
	*moving
	check int // the last check that met the parameter
}

// moving is what belongs to a Value, which several parameters may share.
type moving struct {
	arrays [2][]float32
	roots  bool // whether the second has roots (see isRoot)
}

// remember returns zeros for parameter i, given what is remembered of those before it.
func remember(params runtime.Params, i int, of map[string]*remembered, names []string) *remembered {
	if first := params.First(i); first < i {
		return &remembered{moving: of[params[first].Name].moving}
	}
	r := &remembered{moving: new(moving)}
	for j := range names {
		r.arrays[j] = make([]float32, len(params[i].Value))
	}
	return r
}

// prepare allocates zeros for params the first time, and from then on checks that it is
// given the same params.
func (m *memory) prepare(params runtime.Params, names []string) error {
	of := m.of
	if of == nil {
		of = make(map[string]*remembered)
		for i, p := range params {
			of[p.Name] = remember(params, i, of, names)
		}
	}
	m.checks++
	for _, p := range params {
		r := of[p.Name]
		switch {
		case len(p.Value) != len(p.Grad):
			return noGradients(p)
		case r == nil:
			return fmt.Errorf("%s was not among the parameters before", p.Name)
		case r.check == m.checks:
			return fmt.Errorf("two parameters are named %s", p.Name)
		case len(p.Value) != len(r.arrays[0]):
			return fmt.Errorf("%s has %d values, had %d before", p.Name, len(p.Value), len(r.arrays[0]))
		}
		r.check = m.checks
	}
	if len(params) != len(of) {
		return fmt.Errorf("%d parameters, had %d before", len(params), len(of))
	}
	m.of, m.names = of, names
	return nil
}

// count counts an update, as far as State and Restore can: rates have long stopped changing.
func (m *memory) count() { m.steps = min(m.steps, math.MaxInt-2) + 1 }

// noGradients is the error for a parameter whose gradients are missing, or not as many as
// its values.
func noGradients(p runtime.Param) error {
	if p.Grad == nil {
		return fmt.Errorf("%s has no gradients (see Params.WithGradients)", p.Name)
	}
	return fmt.Errorf("%s has %d values and %d gradients", p.Name, len(p.Value), len(p.Grad))
}

// state returns what is remembered, in the order for files.
func (m *memory) state(params runtime.Params) (s OptimizerState, err error) {
	s.Steps = m.steps
	if m.of == nil {
		return s, nil
	}
	if len(params) != len(m.of) {
		return s, fmt.Errorf("%d parameters, had %d before", len(params), len(m.of))
	}
	m.checks++
	for _, p := range params {
		r := m.of[p.Name]
		switch {
		case r == nil:
			return s, fmt.Errorf("%s was not among the parameters before", p.Name)
		case r.check == m.checks:
			return s, fmt.Errorf("two parameters are named %s", p.Name)
		}
		r.check = m.checks
		for i, name := range m.names {
			values, err := p.Export(r.arrays[i])
			if err != nil {
				return s, err
			}
			s.Arrays = append(s.Arrays, Array{Name: p.Name + "." + name, Shape: p.Shape, Values: values})
		}
	}
	return s, nil
}

// restored returns the memory that a state describes, for the parameters.
func restored(params runtime.Params, s OptimizerState, names []string) (memory, error) {
	m := memory{names: names, steps: s.Steps}
	if s.Steps < 0 || s.Steps == math.MaxInt {
		return m, fmt.Errorf("the state has %d steps, want at least 0, and fewer than an int holds", s.Steps)
	}
	if len(s.Arrays) == 0 && s.Steps == 0 {
		return m, nil
	}
	given := make(map[string]Array)
	for _, a := range s.Arrays {
		if _, twice := given[a.Name]; twice {
			return m, fmt.Errorf("the state has %s twice", a.Name)
		}
		given[a.Name] = a
	}
	m.of = make(map[string]*remembered)
	for at, p := range params {
		r := remember(params, at, m.of, names)
		for i, name := range names {
			a, ok := given[p.Name+"."+name]
			if !ok {
				return m, fmt.Errorf("the state has no %s.%s", p.Name, name)
			}
			if !slices.Equal(a.Shape, p.Shape) {
				return m, fmt.Errorf("%s has shape %v, want %v", a.Name, a.Shape, p.Shape)
			}
			if i := slices.IndexFunc(a.Values, func(v float32) bool { return !finite(v) }); i >= 0 {
				return m, fmt.Errorf("value %d of %s is %v, want a finite one", i, a.Name, a.Values[i])
			}
			delete(given, a.Name)
			if err := p.Import(r.arrays[i], a.Values); err != nil {
				return m, fmt.Errorf("%s: %w", a.Name, err)
			}
		}
		m.of[p.Name] = r
	}
	for _, a := range s.Arrays {
		if _, left := given[a.Name]; left {
			return m, fmt.Errorf("the state has %s, which belongs to no parameter", a.Name)
		}
	}
	return m, nil
}

// faded reports whether a mean of gradients that are 0 by now is so small that it counts as
// 0: it would decay to a denormal, and stay there, as rounding leaves nine tenths of the
// smallest number what it is.
func faded(mean float32) bool { return !matrix.Counts(mean) }
