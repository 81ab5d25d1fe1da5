package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// Import sets a layer's weights to a file's tensors, such as layer0.kernel, in the order for files. The
// prefix is what comes before the last dot; if it is "", it is the only one that the file has.
//
// It is an error if a tensor is missing or has another shape, or if the file has one with the prefix
// that the layer lacks.
func Import(l *runtime.Layer, f tensor.File, prefix string) error {
	const path = "layer0"
	params, shapes := l.Params(path), make(map[string][]int)
	for i := range params {
		params[i].Name = strings.TrimPrefix(params[i].Name, path+".")
	}
	for _, t := range f.List() {
		shapes[t.Name] = t.Shape
	}
	prefix, err := findPrefix(f, params[0].Name, prefix)
	if err != nil {
		return err
	}
	if err := superfluous(f, params, prefix); err != nil {
		return err
	}
	read := make([]tensor.Tensor, len(params))
	for i, p := range params {
		name := prefix + p.Name
		shape, ok := shapes[name]
		switch {
		case !ok:
			return fmt.Errorf("the file lacks the weights %s", front.Plain(name))
		case !slices.Equal(shape, p.Shape):
			return fmt.Errorf("the weights %s have shape %v, want %v", front.Plain(name), shape, p.Shape)
		}
		if read[i], err = f.Read(name); err != nil {
			return err
		}
	}
	for i, p := range params {
		if err := p.Import(p.Value, read[i].Values); err != nil {
			return err
		}
	}
	return nil
}

// findPrefix returns the text before the name of a layer's weight, with the dot behind it.
func findPrefix(f tensor.File, weight, want string) (prefix string, err error) {
	var found, all []string
	for _, t := range f.List() {
		all = append(all, t.Name)
		if before, ok := strings.CutSuffix("."+t.Name, "."+weight); ok {
			before = strings.TrimPrefix(before+".", ".")
			if want == "" || before == want || before == want+"." {
				found = append(found, before)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("several layers have weights %s: give one of the prefixes %q", weight, found)
	}
	name := strings.TrimPrefix(strings.TrimSuffix(want, ".")+"."+weight, ".")
	near := front.Nearest(name, all)
	if near == "" && len(all) > 0 {
		near = "; it has such as " + front.Plain(all[0])
	}
	return "", fmt.Errorf("the file lacks the weights %s%s", front.Plain(name), near)
}

// superfluous returns an error if a file has a tensor with a layer's prefix that is not the layer's.
func superfluous(f tensor.File, params runtime.Params, prefix string) error {
	for _, t := range f.List() {
		name, ok := strings.CutPrefix(t.Name, prefix)
		if ok && !strings.Contains(name, ".") && !slices.ContainsFunc(params, func(p runtime.Param) bool { return p.Name == name }) {
			return fmt.Errorf("the cell lacks the weights %s, %v: another cell, or one without a bias", front.Plain(t.Name), t.Shape)
		}
	}
	return nil
}
