package main

import (
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/cmd/cellgen/export"
	"github.com/cellgen/cellgen/generated"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
	"github.com/cellgen/cellgen/runtime/tensor"
)

// makerOf returns what makes layers of a shipped cell, from its file.
func makerOf(path string) (nn.Cell, error) {
	source, err := readSource(generated.Sources, path)
	if err != nil {
		return nil, err
	}
	of := cellOf(source)
	return func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error) {
		return runtime.NewLayer(of, input, hidden, options...)
	}, nil
}

// vocabulary is how many tokens the stacks with an embedding take.
const vocabulary = 11

// stacks returns stacks that have every part.
func stacks() (all []subject, err error) {
	cells := make(map[string]nn.Cell)
	for _, path := range []string{"nascell/spec.toml", "lstm/spec.toml", "gru/gru.cell", "grubefore/grubefore.cell", "peephole/peephole.cell", "nascellp/nascellp.cell"} {
		if cells[path], err = makerOf(path); err != nil {
			return nil, err
		}
	}
	nas, lstm, gru, before := cells["nascell/spec.toml"], cells["lstm/spec.toml"], cells["gru/gru.cell"], cells["grubefore/grubefore.cell"]
	peephole, projected := cells["peephole/peephole.cell"], cells["nascellp/nascellp.cell"]
	for _, s := range []struct {
		name  string
		input int
		parts []nn.Part
	}{
		{"linear", input, []nn.Part{nn.Linear(4)}},
		{"scans", input, []nn.Part{nn.Recurrent(nas, 5), nn.Dropout(0.5), nn.Recurrent(projected, 6, runtime.Width("proj", width)), nn.VariationalDropout(0.5), nn.Linear(2)}},
		{"operators", input, []nn.Part{nn.Recurrent(lstm, 4), nn.Recurrent(gru, 5), nn.Recurrent(before, 3), nn.Recurrent(peephole, 4)}},
		{"bidirectional", input, []nn.Part{nn.Bidirectional(nas, 3), nn.Bidirectional(gru, 4), nn.Bidirectional(lstm, 2), nn.Bidirectional(peephole, 2), nn.Bidirectional(before, 2)}},
		{"residual", input, []nn.Part{nn.Residual(nn.Recurrent(lstm, 4), nn.Residual(nn.Recurrent(nas, 4)), nn.Linear(input)), nn.RecurrentDropout(0.3, nn.Recurrent(nas, 4))}},
		{"tied", vocabulary, []nn.Part{nn.Embed(6), nn.Recurrent(lstm, 6), nn.Residual(nn.Linear(6), nn.Dropout(0.1)), nn.Tied()}},
		{"dropout", input, []nn.Part{nn.Dropout(0.5)}},
		{"embed", vocabulary, []nn.Part{nn.Embed(4)}},
	} {
		of, err := stackOf("stack-"+s.name, s.input, s.parts, uint64(len(all)))
		if err != nil {
			return nil, err
		}
		all = append(all, of)
	}
	return all, nil
}

// stackOf returns a stack as a subject.
func stackOf(name string, input int, parts []nn.Part, seed uint64) (s subject, err error) {
	r := rand.New(rand.NewPCG(18, seed))
	k, err := nn.NewStack(input, parts)
	if err == nil {
		err = drawWeights(r, k.Params(""))
	}
	if err != nil {
		return s, err
	}
	m, err := export.Stack(k, version)
	if err != nil {
		return s, err
	}
	model, err := m.Marshal()
	return subject{name, model, func(steps, batch int) ([]tensor.Tensor, error) { return runStack(r, k, steps, batch) }}, err
}

// runStack draws x, or tokens, and states.
func runStack(r *rand.Rand, k *nn.Stack, steps, batch int) (tensors []tensor.Tensor, err error) {
	add := func(name string, values []float32, shape ...int) {
		tensors = append(tensors, tensor.Tensor{Name: name, Shape: shape, Values: slices.Clone(values)})
	}
	ws, err := k.NewInference(steps, batch)
	if err != nil {
		return nil, err
	}
	s, err := k.NewState(batch)
	if err != nil {
		return nil, err
	}
	for _, name := range s.Names() {
		values := s.Of(name)
		copy(values, draw(r, len(values), 0.5))
		add(name, values, batch, len(values)/batch)
	}
	y := make([]float32, steps*batch*k.Output())
	if k.Model().Parts[0].Part == "embed" {
		tokens, x := make([]int, steps*batch), make([]float32, steps*batch)
		for i := range tokens {
			tokens[i] = r.IntN(k.Input())
			x[i] = float32(tokens[i])
		}
		add("x", x, steps, batch)
		err = k.ForwardTokens(ws, s, tokens, y, nil)
	} else {
		x := draw(r, steps*batch*k.Input(), 1)
		add("x", x, steps, batch, k.Input())
		err = k.Forward(ws, s, x, y)
	}
	add("y", y, steps, batch, k.Output())
	for _, name := range s.Names() {
		values := s.Of(name)
		add(name+"_out", values, batch, len(values)/batch)
	}
	return tensors, err
}
