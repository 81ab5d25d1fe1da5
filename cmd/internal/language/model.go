// Package language has language models: stacks that map the symbols of a text to the logits of the
// symbol after each. A model is saved in one file with its cell and its vocabulary, so that
// whoever reads it need not be told what it is made of.
//
//	m, _, err := language.Load("lm-model/model.safetensors")
//	e, err := m.NewEvaluator(256)
//	nats, err := e.Nats(ctx, symbols)
//	s, err := m.NewSampler(language.Draw{Temperature: 0.8, Seed: 1})
//	err = s.Read(ctx, prompt)
//	symbol, err := s.Next()
package language

import (
	"fmt"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// Options say what a model is made of. In JSON they have the names of the flags that set them.
type Options struct {
	Hidden           int            `json:"hidden"` // units in a layer
	Embed            int            `json:"embed"`  // width of a symbol's embedding
	Layers           int            `json:"layers"`
	Project          int            `json:"project"` // width that a layer's output is mapped to; 0: none
	Widths           map[string]int `json:"width"`   // further widths of the cell
	Dropout          float64        `json:"dropout"` // of each layer's output
	EmbedDropout     float64        `json:"embeddropout"`
	RecurrentDropout float64        `json:"recurrentdropout"`
	Tied             bool           `json:"tied"` // whether the output has the embedding's table
	Seed             uint64         `json:"seed"` // of the weights
}

// Model is a stack over the symbols of a vocabulary. Goroutines may share it while nothing trains
// it.
type Model struct {
	Stack      *nn.Stack // tokens [T][B] to logits [T][B][V]
	Vocabulary *corpus.Vocabulary
	Cell       *cells.Cell
}

// New returns a model with random weights.
func New(cell *cells.Cell, vocabulary *corpus.Vocabulary, o Options) (*Model, error) {
	stack, err := nn.NewStack(vocabulary.Len(), o.parts(cell, vocabulary.Len()), nn.Seed(o.Seed))
	if err != nil {
		return nil, fmt.Errorf("making the model: %w", err)
	}
	return &Model{stack, vocabulary, cell}, nil
}

// parts returns the parts of a stack for a vocabulary of some symbols.
func (o Options) parts(cell *cells.Cell, symbols int) []nn.Part {
	parts := []nn.Part{nn.Embed(o.Embed)}
	parts = append(parts, dropout(o.EmbedDropout)...)
	width := o.Embed
	for range o.Layers {
		layer := nn.Recurrent(cell.New, o.Hidden, o.Sizes()...)
		if o.RecurrentDropout > 0 {
			layer = nn.RecurrentDropout(o.RecurrentDropout, layer)
		}
		parts = append(parts, layer)
		if width = Output(cell, o); o.Project > 0 {
			parts, width = append(parts, nn.Linear(o.Project)), o.Project
		}
		parts = append(parts, dropout(o.Dropout)...)
	}
	switch {
	case !o.Tied:
		return append(parts, nn.Linear(symbols))
	case width != o.Embed:
		parts = append(parts, nn.Linear(o.Embed))
	}
	return append(parts, nn.Tied())
}

func dropout(rate float64) []nn.Part {
	if rate == 0 {
		return nil
	}
	return []nn.Part{nn.Dropout(rate)}
}

// Sizes returns the cell's further widths.
func (o Options) Sizes() (options []runtime.Option) {
	for name, units := range o.Widths {
		options = append(options, runtime.Width(name, units))
	}
	return options
}

// Parameters returns the number of parameters.
func (m *Model) Parameters() (n int) {
	for _, p := range m.Stack.Params("") {
		size := 1
		for _, d := range p.Shape {
			size *= d
		}
		n += size
	}
	return n
}
