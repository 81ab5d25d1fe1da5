package runtime

import (
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// outside is where files have the values of one parameter: the value of a row of its panel
// and a unit is values[first + row·row + unit·unit].
type outside struct {
	values           []float32
	first, row, unit int
}

func (o outside) at(row, unit int) *float32 { return &o.values[o.first+row*o.row+unit*o.unit] }

// set sets the values [rows][units].
func (o outside) set(m matrix.Float) {
	for row := range m.Rows {
		for unit, v := range m.Row(row) {
			*o.at(row, unit) = v
		}
	}
}

// outside returns where a parameter is in weights.
func (l *layout) outside(w Weights, param int) outside {
	at := l.place[param]
	h := &l.homes[at.home]
	if l.Named {
		o := outside{values: w.Params[l.Params[param].Name], row: 1, unit: h.rows}
		if h.transposed {
			o.row, o.unit = h.units, 1
		}
		return o
	}
	of := slices.Index(l.token[:], at.home)
	return outside{w.arrays()[of], l.ordinal[param] * l.hidden, l.leaves[of] * l.hidden, 1}
}

// param returns the place of a parameter among all.
func (l *layout) param(name string) (int, bool) {
	i := slices.IndexFunc(l.Params, func(p kernel.Param) bool { return p.Name == name })
	return i, i >= 0
}

// shapeText writes a shape for messages.
func shapeText(shape []kernel.Dim) string {
	var text []string
	for _, d := range shape {
		text = append(text, string(d))
	}
	if len(text) == 0 {
		return "scalar"
	}
	return strings.Join(text, "·")
}

// exchange maps one slot of a home to its parameters outside, and back.
type exchange struct {
	place
	*home
	params  []int     // that are summed in the slot
	outside []outside // of each
	kept    kept
}

// kept has the imported values [rows][units] of parameters that share a slot.
type kept map[int][]float32

func (l *layout) exchange(w Weights, at place, k kept) exchange {
	e := exchange{place: at, home: &l.homes[at.home], params: l.homes[at.home].sums[at.slot], kept: k}
	for _, param := range e.params {
		e.outside = append(e.outside, l.outside(w, param))
	}
	return e
}

// each calls do for every value of the slot except padding, with its place in the panel.
func (e exchange) each(do func(at, row, unit int)) {
	for row := range e.rows {
		for unit := range e.units {
			do(e.home.at(unit/kernel.Units, row, e.slot)+unit%kernel.Units, row, unit)
		}
	}
}

// enter sets a slot of a panel from outside, and its padding to zero.
func (e exchange) enter(panel []float32) {
	for block := 0; block < e.blocks && !e.scalar; block++ {
		for row := range e.rows {
			clear(panel[e.home.at(block, row, e.slot):][:kernel.Units])
		}
	}
	e.each(func(at, row, unit int) {
		v := *e.outside[0].at(row, unit)
		for _, o := range e.outside[1:] {
			v += *o.at(row, unit)
		}
		panel[at] = v
	})
}

// remember keeps the values outside that a panel only has the sums of.
func (e exchange) remember() {
	if len(e.params) == 1 {
		return
	}
	for i, param := range e.params {
		values := make([]float32, e.rows*e.units)
		e.each(func(_, row, unit int) { values[row*e.units+unit] = *e.outside[i].at(row, unit) })
		e.kept[param] = values
	}
}

// leave sets the values outside from a panel. The terms of a sum are the kept values if these
// still make the sum; else the sum itself and −0, which changes no number it is added to.
func (e exchange) leave(panel []float32) {
	negativeZero := float32(math.Copysign(0, -1))
	e.each(func(at, row, unit int) {
		keep := len(e.params) > 1 && e.makes(panel[at], row*e.units+unit)
		for i, param := range e.params {
			v := negativeZero
			if keep {
				v = e.kept[param][row*e.units+unit]
			} else if i == 0 {
				v = panel[at]
			}
			*e.outside[i].at(row, unit) = v
		}
	})
}

// spread sets the values outside of all parameters to the slot's: gradients.
func (e exchange) spread(panel []float32) {
	e.each(func(at, row, unit int) {
		for _, o := range e.outside {
			*o.at(row, unit) = panel[at]
		}
	})
}

// makes reports whether the kept values, added as enter adds, give v.
func (e exchange) makes(v float32, i int) bool {
	if e.kept[e.params[0]] == nil {
		return false
	}
	sum := e.kept[e.params[0]][i]
	for _, param := range e.params[1:] {
		sum += e.kept[param][i]
	}
	return math.Float32bits(sum) == math.Float32bits(v)
}
