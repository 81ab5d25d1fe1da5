package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/benchmarks/cells/darts"
	"github.com/cellgen/cellgen/benchmarks/cells/mingru"
	"github.com/cellgen/cellgen/benchmarks/cells/sru"
	"github.com/cellgen/cellgen/benchmarks/peers/wire"
	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/gru"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// cell is a cell to measure, with D = H.
type cell struct {
	name, title string
	source      string // its file, which the interpreter runs
	layer       timing.NewLayer
	parameters  []parameter // what peers are given
	inputs      []string    // beside x, as wide as the layer
	states      []string
	output      string // the state that is y, "" if none is
	rows        rows   // what is measured by default
	saved       int    // values per unit and step that Forward keeps for Backward, of all stages

	// weights and gradients turn a case's parameters into a layer's weights, and back.
	weights   func(in map[string][]float32, hidden int) runtime.Weights
	gradients func(g runtime.Weights, hidden int) map[string][]float32
}

// parameter is a parameter's name, and its shape in multiples of the width.
type parameter struct {
	name  string
	shape []int
}

// rows are what is measured.
type rows struct {
	shapes, streams, modes, threads string
	steps                           int
}

const (
	both      = "forward,forward+backward"
	sequence  = "1x128,1x256,16x256,32x512,64x512,20x1024,32x64"
	recurrent = "16x512"
)

// cells lists the cells that -cell chooses from.
var cells = []cell{
	{
		name: "nascell", title: "NASCell", source: "generated/nascell/spec.toml", layer: nascell.New,
		parameters: []parameter{{"kernel", []int{1, 8}}, {"recurrent", []int{1, 8}}},
		states:     []string{"h", "c"}, output: "h",
		rows: rows{"1x256,1x512,16x256,32x512,64x512,20x1024,32x64", "128,512", both + ",step", "1,2", 35},
		weights: func(in map[string][]float32, _ int) runtime.Weights {
			return runtime.Weights{Kernel: in["kernel"], Recurrent: in["recurrent"]}
		},
		gradients: func(g runtime.Weights, _ int) map[string][]float32 {
			return map[string][]float32{"kernel": g.Kernel, "recurrent": g.Recurrent}
		},
	},
	described("gru", "GRU", "generated/gru/gru.cell", gru.New, gru.Kernel{}, rows{sequence, "", both, "1", 35}),
	{
		name: "lstm", title: "LSTM", source: "gen/equation/testdata/oracle/LSTM.cell", layer: lstm.New,
		parameters: gates(), states: []string{"h", "c"}, output: "h",
		rows:    rows{sequence, "", both, "1", 35},
		weights: packGates, gradients: unpackGates,
	},
	described("enas", "ENAS", "generated/enas/enas.cell", enas.New, enas.Kernel{}, rows{sequence, "", both, "1", 35}),
	described("darts", "DARTS V1", "benchmarks/cells/darts/darts.cell", darts.New, darts.Kernel{}, rows{sequence, "", both, "1", 35}),
	described("sru", "SRU's recurrence", "benchmarks/cells/sru/sru.cell", sru.New, sru.Kernel{}, rows{recurrent, "", both, "1", 256}),
	described("mingru", "minGRU's recurrence", "benchmarks/cells/mingru/mingru.cell", mingru.New, mingru.Kernel{}, rows{recurrent, "", both, "1", 256}),
}

// described returns a cell whose parameters have names, by its description.
func described(name, title, source string, layer timing.NewLayer, k kernel.Cell, r rows) cell {
	d := k.Describe()
	s := cell{name: name, title: title, source: source, layer: layer, rows: r}
	for _, p := range d.Params {
		s.parameters = append(s.parameters, parameter{p.Name, slices.Repeat([]int{1}, len(p.Shape))})
	}
	for _, in := range d.Inputs {
		s.inputs = append(s.inputs, in.Name)
	}
	for _, state := range d.States {
		s.states = append(s.states, state.Name)
		if state.Output {
			s.output = state.Name
		}
	}
	for _, stage := range d.Stages {
		s.saved = max(s.saved, stage.Saved) // stages of one width share the rows
	}
	s.weights = func(in map[string][]float32, _ int) runtime.Weights {
		params := make(map[string][]float32)
		for _, p := range s.parameters {
			params[p.name] = in[p.name]
		}
		return runtime.Weights{Params: params}
	}
	s.gradients = func(g runtime.Weights, _ int) map[string][]float32 { return g.Params }
	return s
}

// cellNamed returns the cell of a name.
func cellNamed(name string) (*cell, error) {
	var names []string
	for i := range cells {
		if cells[i].name == name {
			return &cells[i], nil
		}
		names = append(names, cells[i].name)
	}
	return nil, fmt.Errorf("unknown cell %q; want one of %s", name, strings.Join(names, ", "))
}

// last returns the states that are not the output.
func (s *cell) last() []string {
	return slices.DeleteFunc(slices.Clone(s.states), func(name string) bool { return name == s.output })
}

// array returns an array of a number of rows by as many values as the layer is wide; leading
// gives further widths before them.
func array(name string, c wire.Case, leading ...int) wire.Array {
	return wire.Array{Name: name, Shape: append(leading, c.Batch, c.Hidden)}
}

// weightArrays returns the arrays of the parameters, or of their gradients.
func (s *cell) weightArrays(prefix string, c wire.Case) (arrays []wire.Array) {
	for _, p := range s.parameters {
		shape := make([]int, len(p.shape))
		for i, n := range p.shape {
			shape[i] = n * c.Hidden
		}
		arrays = append(arrays, wire.Array{Name: prefix + p.name, Shape: shape})
	}
	return arrays
}

// given returns the names and shapes of a case's inputs: parameters, x and the inputs beside
// it, initial states, the cotangents of y and of the last states that are not y.
func (s *cell) given(c wire.Case) []wire.Array {
	arrays := append(s.weightArrays("", c), array("x", c, c.Steps))
	for _, name := range s.inputs {
		arrays = append(arrays, array(name, c, c.Steps))
	}
	for _, name := range s.states {
		arrays = append(arrays, array(name+"0", c))
	}
	arrays = append(arrays, array("dy", c, c.Steps))
	for _, name := range s.last() {
		arrays = append(arrays, array("d"+name, c))
	}
	return arrays
}

// wanted returns the names and shapes of the outputs that a worker writes: of Steps single
// steps, one after the other, for wire.Step.
func (s *cell) wanted(c wire.Case) []wire.Array {
	arrays := []wire.Array{array("y", c, c.Steps)}
	for _, name := range s.last() {
		arrays = append(arrays, array(name, c))
	}
	if c.Mode != wire.Both {
		return arrays
	}
	arrays = append(arrays, array("dx", c, c.Steps))
	for _, name := range s.inputs {
		arrays = append(arrays, array("d"+name, c, c.Steps))
	}
	for _, name := range s.states {
		arrays = append(arrays, array("d"+name+"0", c))
	}
	return append(arrays, s.weightArrays("d", c)...)
}

// traffic returns the bytes that a run of a recurrence alone reads and writes at least: x, the
// inputs beside it and y; with backward also the states that are not y and what is saved, each
// written and read, and the cotangents of all. It is 0 for cells whose time goes to products.
func (s *cell) traffic(c wire.Case) int {
	if len(s.inputs) == 0 {
		return 0
	}
	values := 1 + len(s.inputs) + 1
	if c.Mode == wire.Both {
		values += 2*(len(s.last())+s.saved) + 1 + 1 + len(s.inputs)
	}
	return 4 * values * c.Steps * c.Batch * c.Hidden
}
