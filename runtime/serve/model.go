package serve

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
)

// State is the states of some rows, such as [runtime.State].
type State[S any] interface {
	comparable
	Rows() int
	Head(rows int) (S, error)
	Gather(from S, rows []int) error
	Scatter(to S, rows []int) error
	Reset()
}

// Model is what sessions run. A Batcher calls its functions one at a time.
type Model[S State[S]] struct {
	Input, Output int // the widths of x and y
	NewState      func(rows int) (S, error)
	Step          func(s S, x, y []float32) error // x [B][Input] to y [B][Output], for the rows of s
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
