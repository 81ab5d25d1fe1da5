package weights

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// At says which layer of a file is meant, and the names that Write gives.
type At struct {
	// Prefix is what comes before the names of the layer's tensors, as in encoder.rnn, with
	// or without the dot or slash behind it; of ONNX, the name of the node. Read finds it,
	// if it is empty and the file has only one.
	Prefix string
	// Layer is the number that names have, in formats that number layers.
	Layer int
	// Reverse means the layer that goes through sequences from last to first.
	Reverse bool
}

// Layer is the weights of one layer, in one direction.
type Layer struct {
	Cell                  string
	Input, Hidden, Output int // widths; Output is Hidden unless there is a projection
	// Params are the weights by the names that they have in equations, such as Wi
	// [hidden][input], Ui [hidden][output] and bi [hidden]. Vectors that the file does not
	// have are missing.
	Params map[string][]float32
	// At has the names for Write in formats that the layer was not read from. Its Prefix is
	// empty after Read.
	At At

	from  *layout              // that it was read from
	names map[string]string    // of tensors there, by the names of entries
	kept  map[string][]float32 // tensors there that have sums, by the names of entries
}

// Of returns the weights of a layer, to be written.
func Of(layer runtime.Recurrent) (*Layer, error) {
	d := layer.Cell().Describe()
	l := &Layer{Cell: strings.ToLower(d.Name), Input: layer.Input(), Hidden: layer.Hidden(), Output: layer.Output()}
	if err := l.checkCell(&d); err != nil {
		return nil, err
	}
	w := layer.Export()
	if d.Named {
		l.Params = w.Params
		return l, nil
	}
	l.Params = make(map[string][]float32)
	f, err := layoutOf("cellgen", l.Cell)
	if err != nil {
		return nil, err
	}
	for i, values := range [][]float32{w.Kernel, w.Recurrent, w.Bias} {
		if values != nil {
			l.unpack(&f.entries[i], values)
		}
	}
	return l, nil
}

// Update takes the weights of a layer, such as one that New has returned, after training.
// What the file did not have stays left out as long as it is zero.
func (l *Layer) Update(layer runtime.Recurrent) error {
	now, err := Of(layer)
	if err != nil {
		return err
	}
	if now.Cell != l.Cell || now.sizes() != l.sizes() {
		return fmt.Errorf("weights: a layer of %s, %+v, cannot take weights of %s, %+v", l.Cell, l.sizes(), now.Cell, now.sizes())
	}
	for name, values := range now.Params {
		if l.Params[name] == nil && !slices.ContainsFunc(values, func(v float32) bool { return v != 0 }) {
			delete(now.Params, name)
		}
	}
	l.Params = now.Params
	return nil
}

// New returns a layer with the weights. The cell is the shipped one, or another one with the same
// parameters.
func (l *Layer) New(cell kernel.Cell, options ...runtime.Option) (*runtime.Layer, error) {
	d := cell.Describe()
	w, err := l.Weights(&d)
	if err != nil {
		return nil, err
	}
	if l.projected() {
		options = append(slices.Clone(options), runtime.Width("proj", l.Output))
	}
	layer, err := runtime.NewLayer(cell, l.Input, l.Hidden, options...)
	if err != nil {
		return nil, err
	}
	return layer, layer.Import(w)
}

// Weights returns the weights for the Import of a layer of a cell.
func (l *Layer) Weights(d *kernel.Description) (w runtime.Weights, err error) {
	if err := l.checkCell(d); err != nil {
		return w, err
	}
	var names []string
	for _, p := range d.Params {
		names = append(names, p.Name)
	}
	if !d.Named {
		names = l.treeBlocks(names)
	}
	for name := range l.Params {
		if !slices.Contains(names, name) {
			return w, fmt.Errorf("weights: there is a parameter %s, which the cell %s does not have", name, d.Name)
		}
	}
	params := make(map[string][]float32)
	for _, name := range names {
		if params[name], err = l.param(name); err != nil {
			return w, err
		}
	}
	if d.Named {
		return runtime.Weights{Params: params}, nil
	}
	full := *l
	full.Params = params
	tree, err := layoutOf("cellgen", l.Cell)
	if err != nil {
		return w, err
	}
	seen := make(map[string]bool)
	w.Kernel, w.Recurrent = full.pack(&tree.entries[0], seen), full.pack(&tree.entries[1], seen)
	if slices.ContainsFunc(names, isVector) {
		w.Bias = full.pack(&tree.entries[2], seen)
	}
	return w, nil
}

// treeBlocks returns the blocks that the parameters of a tree's leaves have, such as W0.
func (l *Layer) treeBlocks(params []string) (blocks []string) {
	gates := strings.Fields(leaves[l.Cell])
	for i, gate := range gates {
		for _, kind := range []string{"W", "U", "b"} {
			if slices.Contains(params, fmt.Sprint(kind, i)) && !slices.Contains(blocks, kind+gate) {
				blocks = append(blocks, kind+gate)
			}
		}
	}
	return blocks
}

// param returns a copy of a parameter, which is zero if it is a vector that is missing.
func (l *Layer) param(name string) ([]float32, error) {
	units, inputs := l.sizes().of(name)
	values, ok := l.Params[name]
	if !ok && !isVector(name) {
		return nil, fmt.Errorf("weights: the parameter %s is missing", name)
	}
	if !ok {
		return make([]float32, units), nil
	}
	if err := check.Len("parameter "+name, len(values), "units·inputs", units, inputs); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	return slices.Clone(values), nil
}

// checkCell returns an error unless a cell is the one whose weights these are.
func (l *Layer) checkCell(d *kernel.Description) error {
	if name := strings.ToLower(d.Name); name != l.Cell {
		return fmt.Errorf("weights: weights of %s are not for the cell %s", l.Cell, d.Name)
	}
	var known, leafParams []string
	for i := range layouts {
		if layouts[i].cell == l.Cell {
			for _, e := range layouts[i].entries {
				known = append(known, slices.Concat(e.bands...)...)
			}
		}
	}
	if known == nil {
		return fmt.Errorf("weights: no format has the cell %s", d.Name)
	}
	for i := range strings.Fields(leaves[l.Cell]) {
		leafParams = append(leafParams, fmt.Sprint("W", i), fmt.Sprint("U", i), fmt.Sprint("b", i))
	}
	if !d.Named {
		known = leafParams
	}
	has := make(map[string]bool)
	for _, p := range d.Params {
		if !slices.Contains(known, p.Name) {
			return fmt.Errorf("weights: %s has a parameter %s, which no format has", d.Name, p.Name)
		}
		has[p.Name] = true
	}
	for _, name := range known {
		if !has[name] && !isVector(name) {
			return fmt.Errorf("weights: %s has no parameter %s", d.Name, name)
		}
	}
	return nil
}

func (l *Layer) sizes() sizes { return sizes{l.Input, l.Hidden, l.Output} }

// projected reports whether the cell has a projection.
func (l *Layer) projected() bool { return l.Params["P"] != nil }

// unpack adds the values of a tensor of one direction to the parameters.
func (l *Layer) unpack(e *entry, values []float32) {
	s := l.sizes()
	for _, v := range e.views(s) {
		units, inputs := s.of(v.block)
		block, plus := l.Params[v.block], true
		if block == nil {
			block, plus = make([]float32, units*inputs), false
			l.Params[v.block] = block
		}
		for u := range units {
			row := block[u*inputs:][:inputs]
			for i := range row {
				value := values[v.start+u*v.perUnit+i*v.perInput]
				if plus {
					value += row[i]
				}
				row[i] = value
			}
		}
		if add := e.add[v.block]; add != 0 {
			for i := range block {
				block[i] += add
			}
		}
	}
}

// pack returns the values of a tensor of one direction. Blocks that were seen before add nothing.
func (l *Layer) pack(e *entry, seen map[string]bool) []float32 {
	s := l.sizes()
	n := 1
	for _, size := range e.shape(s) {
		n *= size
	}
	values := make([]float32, n)
	for _, v := range e.views(s) {
		units, inputs := s.of(v.block)
		block := l.Params[v.block]
		for u := range units {
			for i := range inputs {
				to := &values[v.start+u*v.perUnit+i*v.perInput]
				switch {
				case seen[v.block]:
					*to = float32(math.Copysign(0, -1))
				case block != nil:
					*to = block[u*inputs+i]
					if add := e.add[v.block]; add != 0 {
						*to -= add
					}
				}
			}
		}
		seen[v.block] = true
	}
	return values
}
