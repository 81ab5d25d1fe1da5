package weights

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/runtime/tensor"
)

// Write returns the tensors of layers in a format. If that is the one which a layer was read from,
// its tensors have the names and, as far as the weights are the same, the bits that they had.
// ONNX has both directions in one tensor: give both layers.
func Write(format string, layers ...*Layer) ([]tensor.Tensor, error) {
	var tensors []tensor.Tensor
	directions := make(map[string]*Layer) // by the names of tensors
	for _, layer := range layers {
		f, err := layoutOf(format, layer.Cell)
		if layer.from != nil && layer.from.format == format {
			f = layer.from
		}
		if err == nil {
			err = layer.checkParams(f)
		}
		if err != nil {
			return nil, fmt.Errorf("weights: %w", err)
		}
		for i, t := range layer.tensors(f) {
			other := directions[t.Name]
			if !f.entries[0].directions || other == nil {
				directions[t.Name] = layer
				tensors = append(tensors, t)
				continue
			}
			at := slices.IndexFunc(tensors, func(have tensor.Tensor) bool { return have.Name == t.Name })
			have := &tensors[at]
			if other.At.Reverse == layer.At.Reverse || !slices.Equal(have.Shape, t.Shape) {
				return nil, fmt.Errorf("weights: tensor %d, %q: want one layer in each direction, of equal widths", i, t.Name)
			}
			forward, reverse := have.Values, t.Values
			if other.At.Reverse {
				forward, reverse = reverse, forward
			}
			have.Shape, have.Values = slices.Concat([]int{2}, t.Shape[1:]), slices.Concat(forward, reverse)
		}
	}
	if err := tensor.Check(tensors); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	return tensors, nil
}

// checkParams returns an error unless a format has a place for each parameter.
func (l *Layer) checkParams(f *layout) error {
	if l.Input < 1 || l.Hidden < 1 || l.Output < 1 {
		return fmt.Errorf("widths of %+v", l.sizes())
	}
	var known []string
	for _, e := range f.entries {
		for _, block := range slices.Concat(e.bands...) {
			known = append(known, block)
			if _, err := l.param(block); err != nil {
				return err
			}
		}
	}
	for name := range l.Params {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%s of %s has no place for the parameter %s", f.format, f.cell, name)
		}
	}
	return nil
}

// tensors returns a layer's tensors in a format.
func (l *Layer) tensors(f *layout) (tensors []tensor.Tensor) {
	seen := make(map[string]bool)
	for i := range f.entries {
		e := &f.entries[i]
		has := func(block string) bool { return l.Params[block] != nil }
		if e.optional && !slices.ContainsFunc(slices.Concat(e.bands...), has) {
			continue
		}
		t := tensor.Tensor{Name: l.At.Prefix + e.named(l.At), Shape: e.shape(l.sizes()), Values: l.pack(e, seen)}
		if f == l.from {
			t.Name = l.names[e.name]
			if t.Name == "" { // the file had no such tensor
				t.Name = l.sibling(e)
			}
			l.restore(f, e, t.Values)
		}
		if e.directions {
			t.Shape = slices.Insert(t.Shape, 0, 1)
		}
		tensors = append(tensors, t)
	}
	return tensors
}

// named returns the name of a tensor, behind the prefix.
func (e *entry) named(at At) string {
	reverse := map[bool]string{true: "_reverse"}[at.Reverse]
	return strings.NewReplacer("{layer}", strconv.Itoa(at.Layer), "{reverse}", reverse).Replace(e.name)
}

// sibling names a tensor that the layer's file did not have as its others are named.
func (l *Layer) sibling(e *entry) string {
	u := l.from.find("U")
	return strings.Replace(l.names[u.name], u.named(l.At), e.named(l.At), 1)
}

// restore sets what are parts of sums to what was read, if the sums are still the same.
func (l *Layer) restore(f *layout, e *entry, values []float32) {
	kept, ok := l.kept[e.name]
	if !ok {
		return
	}
	was := *l
	was.Params = make(map[string][]float32)
	for i := range f.entries {
		if tensor, ok := l.kept[f.entries[i].name]; ok {
			was.unpack(&f.entries[i], tensor)
		}
	}
	for _, v := range e.views(l.sizes()) {
		if !f.isSum(v.block) || !slices.EqualFunc(was.Params[v.block], l.Params[v.block], equalBits) {
			continue
		}
		units, inputs := l.sizes().of(v.block)
		for u := range units {
			for i := range inputs {
				at := v.start + u*v.perUnit + i*v.perInput
				values[at] = kept[at]
			}
		}
	}
}

func equalBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }
