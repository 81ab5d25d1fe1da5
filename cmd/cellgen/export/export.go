// Package export makes ONNX models of layers and of stacks. A layer is one of ONNX's recurrent
// operators, LSTM or GRU, if its cell computes the same, and else a Scan.
//
// A model maps x [T][B][D], or tokens x [T][B], to y [T][B][O]. Of each state it has an input
// [B][width], such as h or, in a stack, layer0.h, and an output with _out behind it; the doc string of
// the input says what the state is where a sequence begins. A cell that reads inputs beside x has them
// as inputs [T][B][width], where one number a row has width 1. T and B are chosen when the model runs.
// All rows of a batch have T steps. Nothing is dropped, and numbers below 2⁻⁹⁵ are what they are: cells
// of this module take them as 0. Weights have their names in files, such as
// layer0.kernel, except in an LSTM or GRU: these are layer0.W, layer0.R and so on. A state that is called
// y becomes y_2.
package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/emit/onnx"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime"
)

// Layer returns the model of a layer of weights, which are named after layer0. The version is the
// producer's. It is an error if the cell does not tell its source.
func Layer(l *runtime.Layer, version string) (*onnx.Model, error) {
	name := l.Cell().Describe().Name
	e := newExporter(name)
	x := e.Input(l.Input())
	y, err := e.layer(l, "layer0", "", x, false)
	if err != nil {
		return nil, fmt.Errorf("exporting %s: %w", name, err)
	}
	return e.finish(y, l.Output(), version)
}

// exporter makes a model.
type exporter struct {
	*onnx.Builder
	docs []string // of the cells, each once
}

func newExporter(name string) *exporter { return &exporter{Builder: onnx.NewBuilder(name)} }

// finish returns the model whose output is y.
func (e *exporter) finish(y string, width int, version string) (*onnx.Model, error) {
	m := e.Model(y, width, version, strings.Join(e.docs, "\n"))
	if err := m.Verify(); err != nil {
		return nil, fmt.Errorf("the model is broken, which is a mistake in cellgen: %w", err)
	}
	return m, nil
}

// source returns the source of a layer's cell. Its equations go to the model's doc string.
func (e *exporter) source(l *runtime.Layer) (gen.Source, error) {
	d := l.Cell().Describe()
	if d.Source == "" {
		return nil, fmt.Errorf("the cell %s does not tell its source", front.Plain(d.Name))
	}
	source, err := read.Text("cell "+d.Name, []byte(d.Source))
	if err != nil {
		return nil, err
	}
	if text := doc(source.Head()); !slices.Contains(e.docs, text) {
		e.docs = append(e.docs, text)
	}
	return source, nil
}

// doc returns the equations of a cell.
func doc(h front.Head) string {
	text := h.Equations
	if len(text.Lines) == 0 {
		text = h.Text
	}
	return fmt.Sprintf("%s\n%s:\n%s\n", h.Name, text.Title, strings.Join(text.Lines, "\n"))
}

// layer adds a layer, and returns its output. Weights are named after name, states after path.
func (e *exporter) layer(l *runtime.Layer, name, path, x string, reverse bool) (y string, err error) {
	source, err := e.source(l)
	if err != nil {
		return "", err
	}
	tensors, err := exported(l)
	if err != nil {
		return "", err
	}
	layer := onnx.Layer{Step: source.Lower(), Width: l.Width, Name: name, Path: path, Reverse: reverse}
	if cell := operatorOf(layer.Step); cell != "" {
		o, err := operator(layer, cell, tensors)
		if err != nil {
			return "", err
		}
		return e.Operator(o, x), nil
	}
	for _, t := range tensors {
		layer.Weights = append(layer.Weights, initializer(t))
	}
	return e.Scan(&layer, x), nil
}
