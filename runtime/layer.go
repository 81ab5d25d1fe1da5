package runtime

import "fmt"

// Layer is a cell's weights and its Kernel. It maps a sequence x [T][B][D] and
// a State to the sequence of hidden states y [T][B][H] and the last State.
type Layer struct {
	cell    Kernel
	workers int // 0: as size and machine suggest
	layout
	panels
	half *halfPanels // instead of w and u; nil in a layer that can be trained
}

// panels are the weights, or their gradients, as the products read them.
type panels struct {
	w []float32 // [blocks][D][nx][16]
	u []float32 // [blocks][H][nh][16]
	b []float32 // [blocks][nh][16]; zero, and no parameter, if the cell has no bias
}

// NewLayer returns a layer of the cell k for input width D = input and H =
// hidden units. Initial weights are Glorot uniform, leaf by leaf: W_l within
// ±√(6/(D+H)), U_l within ±√(6/(H+H)); biases are zero.
//
// It is an error if a size is below 1, an option below its least, if the weights would be too large to
// address, or if k breaks the contract of Kernel.
func NewLayer(k Kernel, input, hidden int, options ...Option) (*Layer, error) {
	if k == nil {
		return nil, fmt.Errorf("runtime: NewLayer: kernel %w", errNil)
	}
	o := newOptions(options)
	l := &Layer{cell: k, workers: o.workers}
	if err := l.init(input, hidden); err != nil {
		return nil, l.wrap("NewLayer", err)
	}
	if err := l.Import(l.newGlorot(o.random())); err != nil {
		panic(err) // the shapes are the layer's own
	}
	return l, nil
}

// init makes the arrays of a layer, all zero.
func (l *Layer) init(input, hidden int) (err error) {
	if l.workers < 0 {
		return fmt.Errorf("workers is %d, want at least 0", l.workers)
	}
	if l.layout, err = newLayout(l.cell, input, hidden); err != nil {
		return err
	}
	leaves := l.cell.Leaves()
	if _, err := count(max(input, hidden), leaves, hidden); err != nil {
		return err
	}
	l.panels, err = l.newPanels()
	return err
}

// newPanels returns panels of zeros.
func (l *layout) newPanels() (p panels, err error) {
	err = allocate([]allocation{
		{&p.w, []int{l.blocks, l.input, l.x.width()}},
		{&p.u, []int{l.blocks, l.hidden, l.h.width()}},
		{&p.b, []int{l.blocks, l.h.width()}},
	})
	return p, err
}

// Input returns D, the input width.
func (l *Layer) Input() int { return l.input }

// Hidden returns H, the number of hidden units.
func (l *Layer) Hidden() int { return l.hidden }

// Parameters returns the number of weights and biases, one column a slot and
// unit, padding left out.
func (l *Layer) Parameters() int {
	columns, recurrent := len(l.x.leaves)*l.hidden, len(l.h.leaves)*l.hidden
	n := columns*l.input + recurrent*l.hidden
	if l.cell.Bias() {
		n += recurrent
	}
	return n
}

// Kernel returns the layer's cell.
func (l *Layer) Kernel() Kernel { return l.cell }

// wrap adds to an error where it happened.
func (l *Layer) wrap(method string, err error) error {
	return fmt.Errorf("runtime: %s %s: %w", l.cell.Name(), method, err)
}

// Param is an array of parameters and, beside it, of their gradients.
type Param struct {
	Name  string
	Value []float32
	Grad  []float32 // as long as Value; nil if no gradients were given
}

// Params returns the layer's parameters with their gradients in g, which may
// be nil, for an Optimizer. The arrays are the layer's own, in the layout of
// its products, padding included; Export gives weights an outside layout.
//
// It panics if g is another layer's.
func (l *Layer) Params(g *Gradients) []Param {
	var grad panels
	if g != nil {
		if g.layer != l {
			panic(l.wrap("Params", errForeign("gradients")))
		}
		grad = g.panels
	}
	name := l.cell.Name()
	params := []Param{
		{name + ".kernel", l.w, grad.w},
		{name + ".recurrent", l.u, grad.u},
		{name + ".bias", l.b, grad.b},
	}
	if !l.cell.Bias() {
		params = params[:2]
	}
	return params
}

// errForeign is the error of an argument that was made by another layer.
func errForeign(name string) error {
	return fmt.Errorf("%s of another layer", name)
}
