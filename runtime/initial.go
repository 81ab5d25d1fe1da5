package runtime

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// checkInitial returns an error unless a parameter of a shape can be drawn in this way.
func checkInitial(shape []kernel.Dim, i kernel.Initial) error {
	kind := initial.Vector
	if len(shape) == 2 {
		kind = initial.Matrix
	}
	return initial.Check(kind, i.Name, i.Args)
}

// override replaces initial values by those that options ask for, and marks them as given. What
// all leaves have goes before what one has.
func (l *layout) override(initials map[string]kernel.Initial) error {
	l.Params, l.given = slices.Clone(l.Params), make([]bool, len(l.Params))
	asked := sortedNames(initials)
	slices.SortStableFunc(asked, func(a, b string) int { return len(l.called(b)) - len(l.called(a)) })
	for _, name := range asked {
		params := l.called(name)
		if len(params) == 0 {
			return fmt.Errorf("Initial(%q, …): the cell has no such parameter%s", name, check.Nearest(name, l.callable(), ", but "))
		}
		for _, i := range params {
			if err := checkInitial(l.Params[i].Shape, initials[name]); err != nil {
				return fmt.Errorf("Initial(%q, …): %w", name, err)
			}
			l.Params[i].Initial, l.given[i] = initials[name], true
		}
	}
	return nil
}

// called returns the parameters of a name: one, or one of every leaf.
func (l *layout) called(name string) []int {
	if i, found := l.param(name); found {
		return []int{i}
	}
	if of := slices.Index(names[:], name); of >= 0 && l.token[of] >= 0 {
		return slices.Concat(l.homes[l.token[of]].sums...)
	}
	return nil
}

// callable returns all names that parameters have.
func (l *layout) callable() (all []string) {
	for _, p := range l.Params {
		all = append(all, p.Name)
	}
	for _, name := range names {
		if len(l.called(name)) > 0 {
			all = append(all, name)
		}
	}
	return all
}

// newInitial draws initial weights, parameter by parameter, as the cell and options say or, if
// it has a name, as a framework does.
func (l *layout) newInitial(random *rand.Rand, framework string) (Weights, error) {
	w, drawn := l.newWeights(), make([]bool, len(l.Params))
	if framework != "" {
		if err := l.drawLike(random, framework, w, drawn); err != nil {
			return w, err
		}
	}
	for i := range l.Params {
		if drawn[i] && !l.given[i] {
			continue
		}
		if err := l.draw(random, w, i); err != nil {
			return w, err
		}
	}
	return w, nil
}

// draw draws one parameter.
func (l *layout) draw(random *rand.Rand, w Weights, param int) error {
	p, h, at := l.Params[param], &l.homes[l.place[param].home], l.outside(w, param)
	rows, units := h.rows, h.units
	if h.transposed { // drawn as it is declared
		rows, units = units, rows
		at.row, at.unit = at.unit, at.row
	}
	m := matrix.New(make([]float32, rows*units), rows, units)
	var err error
	if len(p.Shape) == 2 {
		err = initial.DrawTransposed(random, p.Initial.Name, p.Initial.Args, m)
	} else {
		err = initial.DrawVector(random, p.Initial.Name, p.Initial.Args, m.Data)
	}
	if err == nil {
		at.set(m)
	}
	return err
}
