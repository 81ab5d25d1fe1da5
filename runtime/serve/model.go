package serve

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// State is the states of some rows, such as [runtime.State] and [nn.State].
type State[S any] interface {
	comparable
	Rows() int
	Head(rows int) (S, error)
	Gather(from S, rows []int) error
	Scatter(to S, rows []int) error
	Reset()
}

// Model is what sessions run: one that takes x, or one that takes tokens. A Batcher calls its
// functions one at a time, except NewState.
type Model[S State[S]] struct {
	Input, Output int // the width of x, or the number of tokens, and the width of y
	NewState      func(rows int) (S, error)
	Step          func(s S, x, y []float32) error            // x [B][Input] to y [B][Output], for the rows of s
	StepTokens    func(s S, tokens []int, y []float32) error // tokens [B] to y [B][Output]
}

// Layer returns the model of one layer, of either kind, with room for steps of some rows.
func Layer(l runtime.Recurrent, rows int) (Model[*runtime.State], error) {
	ws, err := l.NewInference(1, rows)
	if err != nil {
		return Model[*runtime.State]{}, fmt.Errorf("serve: Layer: %w", err)
	}
	return Model[*runtime.State]{
		Input: l.Input(), Output: l.Output(), NewState: l.NewState,
		Step: func(s *runtime.State, x, y []float32) error { return l.Step(ws, s, x, y) },
	}, nil
}

// Stack returns the model of a stack, of either kind, with room for steps of some rows. It takes tokens if the
// stack does. It is an error if a part of the stack goes through sequences backward.
func Stack(k nn.Stacked, rows int) (Model[*nn.State], error) {
	m := Model[*nn.State]{Input: k.Input(), Output: k.Output(), NewState: k.NewState}
	ws, err := k.NewInference(1, rows)
	if err == nil {
		err = k.CheckSteps()
	}
	if err != nil {
		return Model[*nn.State]{}, fmt.Errorf("serve: Stack: %w", err)
	}
	if k.TakesTokens() {
		m.StepTokens = func(s *nn.State, tokens []int, y []float32) error { return k.StepTokens(ws, s, tokens, y) }
	} else {
		m.Step = func(s *nn.State, x, y []float32) error { return k.Step(ws, s, x, y) }
	}
	return m, nil
}
