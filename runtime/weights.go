package runtime

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// Weights are a cell's weights, or their gradients. If its parameters have names of their
// own in files (see [kernel.Description]), they are in Params; else they are in TensorFlow's
// layout: row-major, with one column for each leaf and unit, all units of leaf 0 first.
type Weights struct {
	Kernel    []float32            // [D][N·H]
	Recurrent []float32            // [H][N·H]
	Bias      []float32            // [N·H], nil when the cell has none
	Params    map[string][]float32 // by name: a matrix [rows][columns], a vector, or one number
}

// Import sets the layer's weights to a copy of w. Weights of leaves that share a slot are
// summed, as the leaves only occur as their sum.
//
// It is an error, and nothing changes, if a length does not fit, if a parameter is missing
// or unknown, or if there is a bias and the cell has none.
func (l *Layer) Import(w Weights) error {
	if err := l.checkWeights(w); err != nil {
		return l.wrap("Import", err)
	}
	l.kept = make(kept)
	l.eachSlot(w, l.kept, func(e exchange) {
		e.remember()
		e.enter(l.arrays[e.place.home])
	})
	return nil
}

// Export returns a copy of the layer's weights. Imported weights come back bit for bit as
// long as nothing has changed them. Once training has changed leaves that share a slot, the
// first of them has their sum and the others have −0: this is the same function, and
// importing it gives the same layer.
func (l *Layer) Export() Weights { return l.export(&l.panels, l.kept) }

func (c *core) export(p *panels, k kept) Weights {
	w := c.newWeights()
	c.eachSlot(w, k, func(e exchange) { e.leave(p.arrays[e.place.home]) })
	return w
}

// eachSlot calls do for every slot of every home.
func (l *layout) eachSlot(w Weights, k kept, do func(e exchange)) {
	for i := range l.homes {
		for slot := range l.homes[i].sums {
			do(l.exchange(w, place{i, slot}, k))
		}
	}
}

// newWeights returns weights that are zero.
func (l *layout) newWeights() (w Weights) {
	if l.Named {
		w.Params = make(map[string][]float32)
		for i, p := range l.Params {
			w.Params[p.Name] = make([]float32, l.size(i))
		}
		return w
	}
	w.Kernel = make([]float32, l.input*l.leaves[ofInput]*l.hidden)
	w.Recurrent = make([]float32, l.hidden*l.leaves[ofHidden]*l.hidden)
	if n := l.leaves[ofOne]; n > 0 {
		w.Bias = make([]float32, n*l.hidden)
	}
	return w
}

// shape returns the numbers of a parameter's rows and columns, or of its units.
func (l *layout) shape(param int) []int {
	shape := []int{}
	for _, d := range l.Description.Params[param].Shape {
		n, _ := l.of(d)
		shape = append(shape, n)
	}
	return shape
}

func (l *layout) size(param int) int {
	n := 1
	for _, size := range l.shape(param) {
		n *= size
	}
	return n
}

// arrays returns the weights by what they multiply.
func (w *Weights) arrays() [3][]float32 { return [3][]float32{w.Kernel, w.Recurrent, w.Bias} }

func (l *layout) checkWeights(w Weights) error {
	if l.Named {
		return l.checkNamed(w)
	}
	n := l.leaves
	if err := check.Len("kernel", len(w.Kernel), "input·leaves·hidden", l.input, n[ofInput], l.hidden); err != nil {
		return err
	}
	if err := check.Len("recurrent", len(w.Recurrent), "hidden·leaves·hidden", l.hidden, n[ofHidden], l.hidden); err != nil {
		return err
	}
	if w.Params != nil {
		return errors.New("the weights are in Params, but those of this cell are Kernel, Recurrent and Bias")
	}
	if n[ofOne] > 0 {
		return check.Len("bias", len(w.Bias), "leaves·hidden", n[ofOne], l.hidden)
	}
	if w.Bias != nil {
		return errors.New("bias is given, but the cell has none")
	}
	return nil
}

// checkNamed returns an error unless all parameters are given, and nothing else.
func (l *layout) checkNamed(w Weights) error {
	if w.Kernel != nil || w.Recurrent != nil || w.Bias != nil {
		return errors.New("the weights are in Kernel, Recurrent or Bias, but those of this cell are Params")
	}
	var names []string
	for i, p := range l.Params {
		names = append(names, p.Name)
		values, ok := w.Params[p.Name]
		if !ok {
			return fmt.Errorf("parameter %s is missing", p.Name)
		}
		if err := check.Len("parameter "+p.Name, len(values), shapeText(p.Shape), l.shape(i)...); err != nil {
			return err
		}
	}
	for _, name := range sortedNames(w.Params) {
		if _, known := l.param(name); !known {
			return fmt.Errorf("parameter %s is unknown%s", name, check.Nearest(name, names, ", want "))
		}
	}
	return nil
}
