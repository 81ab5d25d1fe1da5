package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	"github.com/cellgen/cellgen/gen"
	tree "github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/interp"
)

// read reads a cell's file.
func (s *cell) read() (gen.Source, error) {
	data, err := os.ReadFile(s.source)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(s.source) == ".cell" {
		return equation.Read(s.source, data)
	}
	return tree.ReadSpec(s.source, data)
}

// reference returns what the float64 interpreter computes in a case, from the cell's definition.
func (s *cell) reference(c wire.Case, in map[string][]float32) (map[string][]float32, error) {
	source, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("reading the cell of %s: %w", s.name, err)
	}
	definition := gen.Define(source)
	inputs := interp.NewInputs(definition, interp.Size{Steps: c.Steps, Batch: c.Batch, Input: c.Hidden, Hidden: c.Hidden})
	for i := range inputs.Arrays {
		a := &inputs.Arrays[i]
		a.Data = make([]float64, a.Len())
		for at, v := range in[arrayOf(a.Name)] {
			a.Data[at] = float64(v)
		}
	}
	run := interp.Run(definition, inputs)
	out := make(map[string][]float32)
	for _, a := range run.All() {
		out[arrayOf(a.Name)] = narrow(a.Data)
	}
	if s.output != "" {
		out["y"] = out[s.output]
	}
	for _, name := range s.last() {
		out[name] = out[name][len(out[name])-c.Batch*c.Hidden:]
	}
	return out, nil
}

// arrayOf returns the workers' name of one of the interpreter's arrays. The cotangent of a last
// state that is y has none: it is 0, as dy has it.
func arrayOf(name string) string {
	switch name {
	case "dh_out":
		return "dy"
	case "recurrent_kernel", "drecurrent_kernel":
		return strings.TrimSuffix(name, "_kernel")
	}
	return strings.TrimSuffix(name, "_last")
}

func narrow(values []float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(v)
	}
	return out
}
