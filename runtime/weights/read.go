package weights

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/onnx"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Read reads a layer of a file that is in a format. An ONNX model is an [onnx.File].
//
// It is an error if a tensor is missing, or if its shape does not fit the format's order of
// gates; the error says if the file is like another format's.
func Read(format string, file tensor.File, cell string, at At) (*Layer, error) {
	found, err := layoutsOf(format, cell)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	src := newSource(file)
	f := found[0]
	for _, other := range found[1:] {
		if src.fits(other, at) {
			f = other
		}
	}
	layer, err := src.read(f, at)
	if err != nil {
		return nil, fmt.Errorf("weights: %s of %s: %w", cell, format, err)
	}
	return layer, nil
}

// source is a file, and what it lists.
type source struct {
	file   tensor.File
	shapes map[string][]int // of tensors
	names  []string         // of tensors, in order
}

func newSource(file tensor.File) *source {
	src := &source{file: file, shapes: make(map[string][]int)}
	for _, info := range file.List() {
		src.shapes[info.Name] = info.Shape
	}
	src.names = slices.Sorted(maps.Keys(src.shapes))
	return src
}

func (src *source) read(f *layout, at At) (*Layer, error) {
	names, err := src.locate(f, at)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, src.looksLike(f, at, nil))
	}
	shapes, direction, err := src.shapesOf(f, names, at)
	if err != nil {
		return nil, err
	}
	s, wrong := f.solve(shapes)
	if wrong != nil {
		return nil, fmt.Errorf("%w%s", src.wrongShape(f, wrong, names), src.looksLike(f, at, shapes))
	}
	if err := src.checkSiblings(f, names, at); err != nil {
		return nil, err
	}
	l := &Layer{
		Cell: f.cell, Input: s.input, Hidden: s.hidden, Output: s.output, At: At{"", at.Layer, at.Reverse},
		Params: make(map[string][]float32), from: f, names: names, kept: make(map[string][]float32),
	}
	for i := range f.entries {
		e := &f.entries[i]
		if names[e.name] == "" {
			continue
		}
		t, err := src.file.Read(names[e.name])
		if err != nil {
			return nil, err
		}
		values := t.Values
		if e.directions {
			n := len(values) / t.Shape[0]
			values = values[direction*n:][:n]
		}
		l.unpack(e, values)
		if slices.ContainsFunc(slices.Concat(e.bands...), f.isSum) {
			l.kept[e.name] = slices.Clone(values)
		}
	}
	return l, nil
}

// shapesOf returns the shapes of a layer's tensors by the names of entries, without that of
// directions, and the direction that is meant.
func (src *source) shapesOf(f *layout, names map[string]string, at At) (shapes map[string][]int, direction int, err error) {
	shapes = make(map[string][]int)
	for i := range f.entries {
		e := &f.entries[i]
		name := names[e.name]
		if name == "" {
			continue
		}
		shape := src.shapes[name]
		if e.directions {
			if len(shape) == 0 || shape[0] != 1 && shape[0] != 2 {
				return nil, 0, src.wrongShape(f, &mismatch{entry: e}, names)
			}
			if at.Reverse {
				direction = shape[0] - 1
			}
			shape = shape[1:]
		}
		shapes[e.name] = shape
	}
	return shapes, direction, nil
}

// wrongShape words a mismatch.
func (src *source) wrongShape(f *layout, wrong *mismatch, names map[string]string) error {
	name := names[wrong.name]
	text := fmt.Sprintf("tensor %q has shape %v, want %s", name, src.shapes[name], wrong.form(f.find("P") != nil))
	if wrong.want != nil {
		text += fmt.Sprintf(", which is %v", wrong.want)
	}
	if len(wrong.bands[0]) > 1 {
		text += ", for the gates " + f.gates
	}
	return fmt.Errorf("%s", text)
}

// locate returns the names of a layer's tensors, by the names of entries.
func (src *source) locate(f *layout, at At) (map[string]string, error) {
	if model, ok := src.file.(*onnx.File); ok {
		return locateNode(model, f, at)
	}
	u := f.find("U")
	switch {
	case at.Layer != 0 && !strings.Contains(u.name, "{layer}"):
		return nil, fmt.Errorf("its names have no numbers of layers: give a prefix, not layer %d", at.Layer)
	case at.Reverse && !strings.Contains(u.name, "{reverse}") && !u.directions:
		return nil, fmt.Errorf("its names have no directions: give the prefix of the backward layer")
	}
	places, err := src.places(u.named(at), at.Prefix)
	if err != nil {
		return nil, err
	}
	var complete []map[string]string
	var prefixes []string
	for _, p := range places {
		names, err := src.namesAt(f, at, p)
		if err == nil {
			complete, prefixes = append(complete, names), append(prefixes, p.prefix)
		} else if len(places) == 1 {
			return nil, err
		}
	}
	switch len(complete) {
	case 1:
		return complete[0], nil
	case 0:
		return nil, fmt.Errorf("none of the tensors called %s has the others beside it", u.named(at))
	}
	return nil, fmt.Errorf("there are several layers: give one of the prefixes %q", prefixes)
}

// place is what stands before and behind the names of a layer's tensors.
type place struct{ prefix, suffix string }

// namesAt returns the names of a layer's tensors at a place, by the names of entries.
func (src *source) namesAt(f *layout, at At, p place) (map[string]string, error) {
	names := make(map[string]string)
	for _, e := range f.entries {
		name := p.prefix + e.named(at) + p.suffix
		switch _, ok := src.shapes[name]; {
		case ok:
			names[e.name] = name
		case !e.optional:
			return nil, src.missing(name)
		}
	}
	return names, nil
}

// variable is what TensorFlow adds to the names of variables.
const variable = ":0"

// places returns where tensors have a name, behind the prefix that is wanted or any.
func (src *source) places(name, want string) (places []place, err error) {
	for _, full := range src.names {
		bare, isVariable := strings.CutSuffix(full, variable)
		prefix, ok := strings.CutSuffix(bare, name)
		switch {
		case !ok || prefix != "" && !strings.ContainsRune("./", rune(prefix[len(prefix)-1])):
		case want == "" || prefix == want || prefix == want+"." || prefix == want+"/":
			places = append(places, place{prefix, map[bool]string{true: variable}[isVariable]})
		}
	}
	if places == nil {
		return nil, src.missing(want + name)
	}
	return places, nil
}

// missing is a tensor that a file does not have. Its text takes time, if the file has many.
type missing struct {
	name  string
	names []string // that there are
}

func (m *missing) Error() string {
	return fmt.Sprintf("no tensor %q%s", m.name, check.Nearest(m.name, m.names, "; there are "))
}

func (src *source) missing(name string) error { return &missing{name, src.names} }

// checkSiblings returns an error if the file has tensors beside the layer's that only another cell
// has.
func (src *source) checkSiblings(f *layout, names map[string]string, at At) error {
	u := f.find("U")
	before, behind, _ := strings.Cut(names[u.name], u.named(at))
	for i := range layouts {
		other := &layouts[i]
		if other.format != f.format || other == f {
			continue
		}
		for _, e := range other.entries {
			if slices.ContainsFunc(f.entries, func(have entry) bool { return have.name == e.name }) {
				continue
			}
			if _, ok := src.shapes[before+e.named(at)+behind]; ok {
				return fmt.Errorf("there is a tensor %q too: this looks like %s", before+e.named(at)+behind, other.cell)
			}
		}
	}
	return nil
}

// looksLike says what other layout a file may be in, by its names or by the shapes of a layer's
// tensors, which are given by the names of f's entries.
func (src *source) looksLike(f *layout, at At, shapes map[string][]int) string {
	byRole := make(map[string][]int)
	for i := range f.entries {
		if shape := shapes[f.entries[i].name]; shape != nil {
			byRole[f.entries[i].role()] = shape
		}
	}
	fits := []func(*layout) bool{
		func(other *layout) bool { return src.fits(other, at) || src.fits(other, At{}) },
		func(other *layout) bool { return other.fits(byRole) },
	}
	for _, fits := range fits {
		for _, sameCell := range []bool{true, false} {
			for i := range layouts {
				other := &layouts[i]
				if other != f && (other.cell == f.cell) == sameCell && fits(other) {
					return fmt.Sprintf("; this looks like %s of %s, whose gates are in the order %s", other.cell, other.format, other.gates)
				}
			}
		}
	}
	return ""
}

// fits reports whether a file has a layer in a layout.
func (src *source) fits(f *layout, at At) bool {
	names, err := src.locate(f, at)
	if err != nil {
		return false
	}
	shapes, _, err := src.shapesOf(f, names, at)
	if err != nil {
		return false
	}
	_, wrong := f.solve(shapes)
	return wrong == nil && src.checkSiblings(f, names, at) == nil
}

// fits reports whether shapes fit a layout, by the kinds of blocks that tensors have.
func (l *layout) fits(byRole map[string][]int) bool {
	shapes := make(map[string][]int)
	for i := range l.entries {
		e := &l.entries[i]
		if shape, ok := byRole[e.role()]; ok {
			shapes[e.name] = shape
		} else if !e.optional {
			return false
		}
	}
	for role := range byRole {
		if !slices.ContainsFunc(l.entries, func(e entry) bool { return e.role() == role }) {
			return false
		}
	}
	_, wrong := l.solve(shapes)
	return wrong == nil
}
