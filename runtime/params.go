package runtime

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Param is one array of a model's parameters, with their gradients beside it.
type Param struct {
	Name  string    // a path such as layer0.kernel, unique in the model
	Shape []int     // of what Export returns
	Value []float32 // in an order of its own, as products read it, and with padding
	Grad  []float32 // in the order of Value; nil if no gradients were given

	order order        // nil if Value is in the order of Export
	inUse *atomic.Bool // whether Grad is; nil if nobody can tell
}

// order converts between the order of Value, inside, and of Export, outside.
type order interface {
	enter(inside, outside []float32)
	leave(inside, outside []float32)
}

// Export returns a copy of values, such as p.Value or what an optimizer remembers of it, in
// the order for files: row-major, of shape p.Shape, without padding. values must be in the
// order of p.Value.
//
// It is an error if values and p.Value have different lengths.
func (p Param) Export(values []float32) ([]float32, error) {
	if err := check.Len("values", len(values), "len(Value)", len(p.Value)); err != nil {
		return nil, fmt.Errorf("runtime: %s Export: %w", p.Name, err)
	}
	if p.order == nil {
		return slices.Clone(values), nil
	}
	outside := make([]float32, p.size())
	p.order.leave(values, outside)
	return outside, nil
}

// Import is the reverse of Export, bit for bit: it sets values, in the order of p.Value,
// from outside, which is in the order for files. To load the parameter itself, pass p.Value
// as values.
//
// It is an error, and nothing changes, if the length of values is not that of p.Value, or
// the length of outside does not fit p.Shape.
func (p Param) Import(values, outside []float32) error {
	err := check.Len("values", len(values), "len(Value)", len(p.Value))
	if err == nil {
		err = check.Len("outside", len(outside), "Shape", p.Shape...)
	}
	if err != nil {
		return fmt.Errorf("runtime: %s Import: %w", p.Name, err)
	}
	if p.order == nil {
		copy(values, outside)
	} else {
		p.order.enter(values, outside)
	}
	return nil
}

func (p Param) size() int {
	n := 1
	for _, size := range p.Shape {
		n *= size
	}
	return n
}

// Params are the parameters of a model, or of a part of it, and the one container of their
// gradients: every part's Backward adds to it, and optimizers take it. Join the parts of a
// model with [slices.Concat].
type Params []Param

// WithGradients returns the same parameters with gradients of their own, which are zero.
// Call it once, on the parameters of the whole model.
func (p Params) WithGradients() Params {
	with := slices.Clone(p)
	for i := range with {
		with[i].Grad, with[i].inUse = matrix.Floats(len(with[i].Value)), new(atomic.Bool)
	}
	return with
}

// Zero sets all gradients to zero.
func (p Params) Zero() {
	for _, param := range p {
		clear(param.Grad)
	}
}

// Gradient returns the gradients of a part's values; nil if these are not the Value of
// one of the parameters, or if it does not have as many gradients. It is meant for
// those who write layers of their own.
func (p Params) Gradient(value []float32) []float32 {
	for _, param := range p {
		if same(param.Value, value) && len(param.Grad) == len(value) {
			return param.Grad
		}
	}
	return nil
}

// names are those of a layer's parameters, by what they multiply.
var names = [...]string{ofInput: "kernel", ofHidden: "recurrent", ofOne: "bias"}

// Params returns the layer's parameters, without gradients. Given a path such as layer0
// they are named layer0.kernel [D][N·H], layer0.recurrent [H][N·H] and, if the cell has a
// bias, layer0.bias [N·H]. The arrays are the layer's own, not copies.
func (l *Layer) Params(path string) Params {
	var params Params
	for of, name := range names {
		if l.leaves[of] == 0 {
			continue
		}
		shape := []int{l.exchange(of, nil).rows, l.leaves[of] * l.hidden}
		if of == ofOne {
			shape = shape[1:]
		}
		params = append(params, Param{Name: path + "." + name, Shape: shape, Value: l.arrays()[of], order: panelOrder{l, of}})
	}
	return params
}

// gradients returns the layer's own part of the gradients.
func (l *Layer) gradients(params Params) (panels, error) {
	p := panels{layout: &l.core.layout}
	for of, array := range []*[]float32{&p.w, &p.u, &p.b} {
		values := l.arrays()[of]
		if *array = params.Gradient(values); *array == nil && len(values) > 0 {
			return p, fmt.Errorf("the parameters have no gradients of this layer's %s", names[of])
		}
	}
	return p, nil
}

// Gradients returns the gradients among params with respect to the weights of every
// leaf: of leaves that share a slot each has the slot's, as the derivative of a sum.
//
// It is an error if there are none of this layer.
func (l *Layer) Gradients(params Params) (Weights, error) {
	p, err := l.gradients(params)
	if err != nil {
		return Weights{}, l.wrap("Gradients", err)
	}
	w := l.newWeights()
	for of, external := range w.arrays() {
		e, panel := l.exchange(of, nil), p.arrays()[of]
		e.each(func(at int, sum []int, row, unit int) {
			for _, param := range sum {
				external[e.outside(param, row, unit)] = panel[at]
			}
		})
	}
	return w, nil
}

// panelOrder is the order of one of a layer's panels.
type panelOrder struct {
	*Layer
	of int
}

func (o panelOrder) enter(inside, outside []float32) {
	e := o.exchange(o.of, o.kept)
	if o.owns(inside) {
		e.remember(outside)
	}
	e.enter(inside, outside)
}

func (o panelOrder) leave(inside, outside []float32) {
	e := o.exchange(o.of, nil)
	if o.owns(inside) {
		e.kept = o.kept
	}
	e.leave(inside, outside)
}

// owns reports whether values are the layer's own, and not, say, what an optimizer
// remembers of them.
func (o panelOrder) owns(values []float32) bool {
	own := o.arrays()[o.of]
	return len(own) > 0 && &own[0] == &values[0]
}
