package weights

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/runtime/tensor"
)

// ReadAll reads layers that follow each other, such as those of an nn.LSTM with num_layers: for
// each the one that goes forward and, if the file has it, the one that goes backward. The prefix is
// that of [At]. In formats that do not number layers there is one. Errors are as in [Read].
func ReadAll(format string, file tensor.File, cell, prefix string) (layers [][]*Layer, err error) {
	found, err := layoutsOf(format, cell)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	src := newSource(file)
	has := func(at At) bool {
		return slices.ContainsFunc(found, func(f *layout) bool { return src.has(f, at) })
	}
	for at := (At{Prefix: prefix}); at.Layer == 0 || has(at); at.Layer++ {
		var both []*Layer
		for _, at.Reverse = range []bool{false, true} {
			if at.Reverse && !has(at) {
				continue
			}
			l, err := Read(format, file, cell, at)
			if err != nil {
				return nil, err
			}
			both = append(both, l)
		}
		layers, at.Reverse = append(layers, both), false
	}
	return layers, nil
}

// has reports whether a file has a further layer or direction.
func (src *source) has(f *layout, at At) bool {
	u := f.find("U")
	if at.Reverse && u.directions {
		names, err := src.locate(f, At{Prefix: at.Prefix, Layer: at.Layer})
		shape := src.shapes[names[u.name]]
		return err == nil && len(shape) > 0 && shape[0] == 2
	}
	if at.Layer != 0 && !strings.Contains(u.name, "{layer}") || at.Reverse && !strings.Contains(u.name, "{reverse}") {
		return false
	}
	_, err := src.places(u.named(at), at.Prefix)
	var none *missing
	return !errors.As(err, &none)
}
