package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/cmd/cellgen/export"
	"github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// The widths of layers. What a cell leaves open beside them is width.
const input, hidden, width = 3, 5, 4

// cellOf returns the interpreted cell of a source.
func cellOf(source gen.Source) kernel.Cell {
	return interpreted.New(gen.Compile(source, nil), kernel.Functions())
}

// newLayer returns a layer of a cell, with weights that are drawn.
func newLayer(r *rand.Rand, cell kernel.Cell) (*runtime.Layer, error) {
	d, x := cell.Describe(), input
	var options []runtime.Option
	for _, s := range d.Dims {
		switch {
		case s.Equal == "":
			options = append(options, runtime.Width(string(s.Name), width))
		case s.Name == kernel.Input:
			x = hidden // which is what cells want it to be
		}
	}
	l, err := runtime.NewLayer(cell, x, hidden, options...)
	if err != nil {
		return nil, err
	}
	return l, drawWeights(r, l.Params("layer0"))
}

// drawWeights draws weights between −1/2 and 1/2.
func drawWeights(r *rand.Rand, params runtime.Params) error {
	for _, p := range params {
		n, err := tensor.Count(p.Shape)
		if err == nil {
			err = p.Import(p.Value, draw(r, n, 0.5))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// draw returns numbers between −most and most.
func draw(r *rand.Rand, n int, most float32) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = most * (2*r.Float32() - 1)
	}
	return values
}

// layerOf returns a layer of a source as a subject.
func layerOf(name string, source gen.Source, seed uint64) (s subject, err error) {
	r := rand.New(rand.NewPCG(17, seed))
	l, err := newLayer(r, cellOf(source))
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	m, err := export.Layer(l, version)
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	model, err := m.Marshal()
	return subject{name, model, func(steps, batch int) ([]tensor.Tensor, error) { return runLayer(r, l, steps, batch) }}, err
}

// runLayer draws x, what is read beside it, and states near the ones where sequences begin.
func runLayer(r *rand.Rand, l *runtime.Layer, steps, batch int) (tensors []tensor.Tensor, err error) {
	add := func(name string, values []float32, shape ...int) {
		tensors = append(tensors, tensor.Tensor{Name: name, Shape: append(shape, len(values)/product(shape)), Values: slices.Clone(values)})
	}
	ws, err := l.NewInference(steps, batch)
	if err != nil {
		return nil, err
	}
	s, err := l.NewState(batch)
	if err != nil {
		return nil, err
	}
	x, y := draw(r, steps*batch*l.Input(), 1), make([]float32, steps*batch*l.Output())
	add("x", x, steps, batch)
	for _, i := range l.Cell().Describe().Inputs {
		values := ws.Input(i.Name)[:steps*batch*widthOf(l, string(i.Width))]
		copy(values, draw(r, len(values), 1))
		add(i.Name, values, steps, batch)
	}
	for _, name := range s.Names() {
		for i, v := range draw(r, len(s.Of(name)), 0.5) {
			s.Of(name)[i] += v
		}
		add(onnxName(name), s.Of(name), batch)
	}
	if err := l.Forward(ws, s, x, y); err != nil {
		return nil, err
	}
	add("y", y, steps, batch)
	for _, name := range s.Names() {
		add(onnxName(name)+"_out", s.Of(name), batch)
	}
	return tensors, nil
}

// widthOf returns the width of an input: 1 for one number a row.
func widthOf(l *runtime.Layer, width string) int {
	if width == "" {
		return 1
	}
	return l.Width(width)
}

// onnxName returns what a model calls a state: y is the output.
func onnxName(state string) string {
	if state == "y" {
		return "y_2"
	}
	return state
}

func product(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}
