package runtime

import (
	"errors"
	"iter"
	"math/rand/v2"
)

// Weights are a cell's weights, or their gradients, in TensorFlow's layout: one
// column a leaf and unit, leaf by leaf.
type Weights struct {
	Kernel    []float32 // [D][N·H]
	Recurrent []float32 // [H][N·H]
	Bias      []float32 // [N·H], nil when the cell has none
}

// Import sets the layer's weights. Leaves that share a slot only ever occur as
// their sum, so that their weights are summed.
func (l *Layer) Import(w Weights) error {
	if err := l.checkWeights(w); err != nil {
		return l.wrap("Import", err)
	}
	for _, m := range l.exchanges(l.panels, w) {
		clear(m.panel)
		for p, e := range m.pairs(m.side.leaves) {
			m.panel[p] += m.external[e]
		}
	}
	return nil
}

// Export returns the layer's weights. Of leaves that share a slot, the first has
// their sum and the others zeros: not the weights that were imported, but the
// same function.
func (l *Layer) Export() Weights {
	w := l.newWeights()
	for _, m := range l.exchanges(l.panels, w) {
		for p, e := range m.pairs(firsts(m.side.leaves)) {
			m.external[e] = m.panel[p]
		}
	}
	return w
}

// Gradients are the gradients of a layer's weights, which Backward adds to.
type Gradients struct {
	layer *Layer
	panels
}

// NewGradients returns gradients of zero.
func (l *Layer) NewGradients() *Gradients {
	p, err := l.newPanels()
	if err != nil {
		panic(err) // as large as the layer itself
	}
	return &Gradients{l, p}
}

// Zero clears the gradients.
func (g *Gradients) Zero() {
	clear(g.w)
	clear(g.u)
	clear(g.b)
}

// Export returns the gradients with respect to the weights of every leaf: of
// leaves that share a slot each has the slot's, as the derivative of a sum.
func (g *Gradients) Export() Weights {
	w := g.layer.newWeights()
	for _, m := range g.layer.exchanges(g.panels, w) {
		for p, e := range m.pairs(m.side.leaves) {
			m.external[e] = m.panel[p]
		}
	}
	return w
}

// exchange is a matrix of weights, inside and outside.
type exchange struct {
	*Layer
	panel    []float32 // [blocks][rows][slots of the side][16]
	external []float32 // [rows][N·H]
	rows     int
	side     side
}

// exchanges pairs the matrices of a layer's panels and weights.
func (l *Layer) exchanges(p panels, w Weights) []exchange {
	matrices := []exchange{
		{l, p.w, w.Kernel, l.input, l.x},
		{l, p.u, w.Recurrent, l.hidden, l.h},
		{l, p.b, w.Bias, 1, l.h},
	}
	if !l.cell.Bias() {
		matrices = matrices[:2]
	}
	return matrices
}

// pairs yields the indices of each weight in the panel and outside, for the
// leaves listed slot by slot.
func (m exchange) pairs(slots [][]int) iter.Seq2[int, int] {
	row := m.cell.Leaves() * m.hidden
	return func(yield func(panel, external int) bool) {
		for slot, leaves := range slots {
			for _, leaf := range leaves {
				for i := range m.rows * m.hidden {
					r, unit := i/m.hidden, i%m.hidden
					block, lane := unit/BlockUnits, unit%BlockUnits
					panel := ((block*m.rows+r)*len(slots)+slot)*BlockUnits + lane
					if !yield(panel, r*row+leaf*m.hidden+unit) {
						return
					}
				}
			}
		}
	}
}

// firsts returns the first leaf of each slot.
func firsts(slots [][]int) [][]int {
	first := make([][]int, len(slots))
	for i, leaves := range slots {
		first[i] = leaves[:1]
	}
	return first
}

// newWeights returns weights of zero.
func (l *Layer) newWeights() Weights {
	columns := l.cell.Leaves() * l.hidden
	w := Weights{
		Kernel:    make([]float32, l.input*columns),
		Recurrent: make([]float32, l.hidden*columns),
	}
	if l.cell.Bias() {
		w.Bias = make([]float32, columns)
	}
	return w
}

// newGlorot returns initial weights, drawn leaf by leaf, W_l before U_l.
func (l *Layer) newGlorot(random *rand.Rand) Weights {
	w := l.newWeights()
	columns := l.cell.Leaves() * l.hidden
	kernel := matrix{w.Kernel, l.input, columns, columns}
	recurrent := matrix{w.Recurrent, l.hidden, columns, columns}
	for leaf := range l.cell.Leaves() {
		glorot(random, kernel.columns(leaf*l.hidden, l.hidden), l.input, l.hidden)
		glorot(random, recurrent.columns(leaf*l.hidden, l.hidden), l.hidden, l.hidden)
	}
	return w
}

func (l *Layer) checkWeights(w Weights) error {
	leaves := l.cell.Leaves()
	if err := checkLen("kernel", len(w.Kernel), "input·leaves·hidden", l.input, leaves, l.hidden); err != nil {
		return err
	}
	if err := checkLen("recurrent", len(w.Recurrent), "hidden·leaves·hidden", l.hidden, leaves, l.hidden); err != nil {
		return err
	}
	if l.cell.Bias() {
		return checkLen("bias", len(w.Bias), "leaves·hidden", leaves, l.hidden)
	}
	if w.Bias != nil {
		return errors.New("bias is given, the cell has none")
	}
	return nil
}
