package language

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/nn"
)

// Sampler reads a text symbol by symbol and draws the symbols that follow. It has one owner, and
// allocates nothing once it is made.
type Sampler struct {
	model     *Model
	workspace *nn.Workspace
	state     *nn.State
	input     [1]int
	logits    []float32 // [V], of the next symbol
	dice      *Dice
	random    *rand.Rand
	begun     bool // whether there are logits
}

// NewSampler returns a sampler before any text.
func (m *Model) NewSampler(d Draw) (*Sampler, error) {
	dice, err := NewDice(d, m.Vocabulary.Len())
	if err != nil {
		return nil, err
	}
	ws, err := m.Stack.NewInference(1, 1)
	if err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	s, err := m.Stack.NewState(1)
	if err != nil {
		return nil, fmt.Errorf("making a state: %w", err)
	}
	return &Sampler{
		model: m, workspace: ws, state: s, logits: make([]float32, m.Vocabulary.Len()),
		dice: dice, random: rand.New(rand.NewPCG(d.Seed, 1)),
	}, nil
}

// Read reads symbols. It ends if ctx does, with an error.
func (s *Sampler) Read(ctx context.Context, symbols []int32) error {
	for _, symbol := range symbols {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := s.step(int(symbol)); err != nil {
			return err
		}
	}
	return nil
}

// Next draws the next symbol, and reads it. Before any text, it is the first symbol of a line.
func (s *Sampler) Next() (symbol int, err error) {
	if !s.begun {
		if err := s.step(s.model.Start()); err != nil {
			return 0, err
		}
	}
	symbol = s.dice.Roll(s.logits, s.random)
	return symbol, s.step(symbol)
}

func (s *Sampler) step(symbol int) error {
	s.input[0], s.begun = symbol, true
	return s.model.Stack.ForwardTokens(s.workspace, s.state, s.input[:], s.logits, nil)
}

// Start returns the symbol that ends a line or, in a text without lines, the first symbol.
func (m *Model) Start() int {
	for _, end := range []string{"\n", "<eos>"} {
		if n, ok := m.Vocabulary.Number(end); ok {
			return n
		}
	}
	return 0
}
