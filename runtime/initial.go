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

// override replaces initial values by those that options ask for.
func override(params []kernel.Param, initials map[string]kernel.Initial) ([]kernel.Param, error) {
	params = slices.Clone(params)
	for _, name := range sortedNames(initials) {
		at := slices.IndexFunc(params, func(p kernel.Param) bool { return p.Name == name })
		if at < 0 {
			var names []string
			for _, p := range params {
				names = append(names, p.Name)
			}
			return nil, fmt.Errorf("Initial(%q, …): the cell has no such parameter%s", name, check.Nearest(name, names, ", but "))
		}
		if err := checkInitial(params[at].Shape, initials[name]); err != nil {
			return nil, fmt.Errorf("Initial(%q, …): %w", name, err)
		}
		params[at].Initial = initials[name]
	}
	return params, nil
}

// newInitial draws initial weights, parameter by parameter.
func (l *layout) newInitial(random *rand.Rand) (Weights, error) {
	w := l.newWeights()
	for i, p := range l.Params {
		h, at := &l.homes[l.place[i].home], l.outside(w, i)
		rows, units := h.rows, h.units
		if h.transposed { // drawn as it is declared
			rows, units = units, rows
			at.row, at.unit = at.unit, at.row
		}
		drawn := matrix.New(make([]float32, rows*units), rows, units)
		var err error
		if len(p.Shape) == 2 {
			err = initial.DrawTransposed(random, p.Initial.Name, p.Initial.Args, drawn)
		} else {
			err = initial.DrawVector(random, p.Initial.Name, p.Initial.Args, drawn.Data)
		}
		if err != nil {
			return w, err
		}
		for row := range rows {
			for unit, v := range drawn.Row(row) {
				at.values[at.first+row*at.row+unit*at.unit] = v
			}
		}
	}
	return w, nil
}
