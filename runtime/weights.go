package runtime

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Weights are a cell's weights, or their gradients, in TensorFlow's layout: row-major, with
// one column for each leaf and unit, all units of leaf 0 first.
type Weights struct {
	Kernel    []float32 // [D][N·H]
	Recurrent []float32 // [H][N·H]
	Bias      []float32 // [N·H], nil when the cell has none
}

// Import sets the layer's weights to a copy of w. Weights of leaves that share a slot are
// summed, as the leaves only occur as their sum.
//
// It is an error, and nothing changes, if a length does not fit, or if there is a bias and
// the cell has none.
func (l *Layer) Import(w Weights) error {
	if err := l.checkWeights(w); err != nil {
		return l.wrap("Import", err)
	}
	l.kept = make(kept)
	for i, external := range w.arrays() {
		e := l.exchange(i, l.kept)
		e.remember(external)
		e.enter(l.arrays()[i], external)
	}
	return nil
}

// Export returns a copy of the layer's weights. Imported weights come back bit for bit as
// long as nothing has changed them. Once training has changed leaves that share a slot, the
// first of them has their sum and the others have −0: this is the same function, and
// importing it gives the same layer.
func (l *Layer) Export() Weights { return l.export(&l.panels, l.kept) }

func (c *core) export(p *panels, k kept) Weights {
	w := c.newWeights()
	for i, external := range w.arrays() {
		c.exchange(i, k).leave(p.arrays()[i], external)
	}
	return w
}

// newWeights returns weights that are zero.
func (l *layout) newWeights() (w Weights) {
	w.Kernel = make([]float32, l.input*l.leaves[ofInput]*l.hidden)
	w.Recurrent = make([]float32, l.hidden*l.leaves[ofHidden]*l.hidden)
	if n := l.leaves[ofOne]; n > 0 {
		w.Bias = make([]float32, n*l.hidden)
	}
	return w
}

// arrays returns the weights by what they multiply.
func (w *Weights) arrays() [3][]float32 { return [3][]float32{w.Kernel, w.Recurrent, w.Bias} }

// arrays returns the panels by what they multiply.
func (p *panels) arrays() [3][]float32 { return [3][]float32{p.w, p.u, p.b} }

// exchange maps one of the panels to the corresponding array outside, and back.
type exchange struct {
	*layout
	side side
	rows int // of the matrix outside
	of   int // what it multiplies
	kept kept
}

// kept has the imported values [rows][H] of parameters that share a slot.
type kept map[int][]float32

func (l *layout) exchange(of int, k kept) exchange {
	e := exchange{l, l.x, l.input, of, k}
	switch of {
	case ofHidden:
		e.side, e.rows = l.h, l.hidden
	case ofOne:
		e.side, e.rows = l.one, 1
	}
	return e
}

// each calls do for every value of a panel except padding, with its place in the panel,
// the parameters that are summed in it, and its row and unit.
func (e exchange) each(do func(at int, sum []int, row, unit int)) {
	for slot, sum := range e.side.sums {
		for row := range e.rows {
			for unit := range e.hidden {
				block, lane := unit/kernel.Units, unit%kernel.Units
				do(((block*e.rows+row)*len(e.side.sums)+slot)*kernel.Units+lane, sum, row, unit)
			}
		}
	}
}

// outside returns the place of a parameter's value in the array outside.
func (e exchange) outside(param, row, unit int) int {
	return (row*e.leaves[e.of]+e.place[param])*e.hidden + unit
}

// enter sets a panel from an array outside.
func (e exchange) enter(panel, external []float32) {
	clear(panel)
	e.each(func(at int, sum []int, row, unit int) {
		v := external[e.outside(sum[0], row, unit)]
		for _, param := range sum[1:] {
			v += external[e.outside(param, row, unit)]
		}
		panel[at] = v
	})
}

// remember keeps the values of an array outside that a panel only has the sums of.
func (e exchange) remember(external []float32) {
	e.each(func(_ int, sum []int, row, unit int) {
		if len(sum) == 1 {
			return
		}
		for _, param := range sum {
			if e.kept[param] == nil {
				e.kept[param] = make([]float32, e.rows*e.hidden)
			}
			e.kept[param][row*e.hidden+unit] = external[e.outside(param, row, unit)]
		}
	})
}

// leave sets an array outside from a panel. The terms of a sum are the kept values if these
// still make the sum; else the sum itself and −0, which changes no number it is added to.
func (e exchange) leave(panel, external []float32) {
	negativeZero := float32(math.Copysign(0, -1))
	e.each(func(at int, sum []int, row, unit int) {
		keep := len(sum) > 1 && e.makes(panel[at], sum, row*e.hidden+unit)
		for i, param := range sum {
			v := negativeZero
			if keep {
				v = e.kept[param][row*e.hidden+unit]
			} else if i == 0 {
				v = panel[at]
			}
			external[e.outside(param, row, unit)] = v
		}
	})
}

// makes reports whether the kept values of parameters, added as enter adds, give v.
func (e exchange) makes(v float32, params []int, i int) bool {
	if e.kept[params[0]] == nil {
		return false
	}
	sum := e.kept[params[0]][i]
	for _, param := range params[1:] {
		sum += e.kept[param][i]
	}
	return math.Float32bits(sum) == math.Float32bits(v)
}

// newInitial draws initial weights, parameter by parameter.
func (l *layout) newInitial(random *rand.Rand) Weights {
	w := l.newWeights()
	for i, p := range l.Params {
		of, rows, fanIn := ofOne, 1, 0
		switch {
		case len(p.Shape) == 2 && p.Shape[1] == kernel.Input:
			of, rows, fanIn = ofInput, l.input, l.input
		case len(p.Shape) == 2:
			of, rows, fanIn = ofHidden, l.hidden, l.hidden
		}
		columns := matrix.New(w.arrays()[of], rows, l.leaves[of]*l.hidden).Columns(l.place[i]*l.hidden, l.hidden)
		switch p.Initial.Name {
		case kernel.GlorotUniform:
			initial.Glorot(random, columns, fanIn, l.hidden)
		case kernel.Constant:
			initial.Constant(columns, p.Initial.Args[0])
		}
	}
	return w
}

func (l *layout) checkWeights(w Weights) error {
	n := l.leaves
	if err := check.Len("kernel", len(w.Kernel), "input·leaves·hidden", l.input, n[ofInput], l.hidden); err != nil {
		return err
	}
	if err := check.Len("recurrent", len(w.Recurrent), "hidden·leaves·hidden", l.hidden, n[ofHidden], l.hidden); err != nil {
		return err
	}
	if n[ofOne] > 0 {
		return check.Len("bias", len(w.Bias), "leaves·hidden", n[ofOne], l.hidden)
	}
	if w.Bias != nil {
		return errors.New("bias is given, but the cell has none")
	}
	return nil
}
