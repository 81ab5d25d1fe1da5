package runtime

import (
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Param is one array of a model's parameters, with their gradients beside it.
//
// Parameters may share Value: a cell with named parameters has several matrices side by side,
// as its products read them. Each then has the same gradients, and a part of what Export
// returns. [Params.Distinct] has every Value once.
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
		if first := with.index(with[i].Value, i); first < i {
			with[i].Grad, with[i].inUse = with[first].Grad, with[first].inUse
			continue
		}
		with[i].Grad, with[i].inUse = matrix.Floats(len(with[i].Value)), new(atomic.Bool)
	}
	return with
}

// Distinct yields the parameters without those that share their Value with one before, and
// the place of each. It is for what changes or sums values: optimizers and the like.
func (p Params) Distinct() iter.Seq2[int, Param] {
	return func(yield func(int, Param) bool) {
		for i, param := range p {
			if p.index(param.Value, i) == i && !yield(i, param) {
				return
			}
		}
	}
}

// First returns the place of the first parameter that shares its Value with parameter i.
func (p Params) First(i int) int { return p.index(p[i].Value, i) }

// index returns the place of the first of n parameters with a value, n if none has it.
func (p Params) index(value []float32, n int) int {
	for i, param := range p[:n] {
		if same(param.Value, value) {
			return i
		}
	}
	return n
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

// names are those of a layer's parameters without names of their own, by what they multiply.
var names = [...]string{ofInput: "kernel", ofHidden: "recurrent", ofOne: "bias"}

// Params returns the layer's parameters, without gradients. Given a path such as layer0
// they are named layer0.kernel [D][N·H], layer0.recurrent [H][N·H] and, if the cell has a
// bias, layer0.bias [N·H]; or, if they have names of their own, layer0.Wr [rows][columns] and
// so on. The arrays are the layer's own, not copies.
func (l *Layer) Params(path string) Params {
	var params Params
	if l.Named {
		for i, p := range l.Description.Params {
			params = append(params, Param{
				Name: path + "." + p.Name, Shape: l.shape(i), Value: l.arrays[l.place[i].home],
				order: paramOrder{l, l.place[i].home, i},
			})
		}
		return params
	}
	for of, name := range names {
		if l.token[of] < 0 {
			continue
		}
		h := &l.homes[l.token[of]]
		shape := []int{h.rows, l.leaves[of] * l.hidden}
		if of == ofOne {
			shape = shape[1:]
		}
		params = append(params, Param{Name: path + "." + name, Shape: shape, Value: l.arrays[l.token[of]], order: panelOrder{l, of}})
	}
	return params
}

// homeName names the parameters of a home, for messages.
func (l *layout) homeName(home int) string {
	for of, i := range l.token {
		if i == home {
			return names[of]
		}
	}
	return l.Description.Params[l.homes[home].sums[0][0]].Name
}

// gradients returns the layer's own part of the gradients.
func (l *Layer) gradients(params Params) (panels, error) {
	p := panels{layout: &l.core.layout, arrays: make([][]float32, len(l.homes))}
	return p, l.findGradients(p.arrays, params)
}

// findGradients finds the gradients of each home.
func (l *Layer) findGradients(found [][]float32, params Params) error {
	for i, values := range l.arrays {
		if found[i] = params.Gradient(values); found[i] == nil && len(values) > 0 {
			return fmt.Errorf("the parameters have no gradients of this layer's %s", l.homeName(i))
		}
	}
	return nil
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
	l.eachSlot(w, nil, func(e exchange) { e.spread(p.arrays[e.place.home]) })
	return w, nil
}
