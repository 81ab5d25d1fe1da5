package language

import (
	"context"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime/nn"
)

// Evaluator evaluates a model, again and again as it is trained. It has one owner.
type Evaluator struct {
	model           *Model
	workspace       *nn.Workspace
	state           *nn.State
	inputs, targets []int     // [T]
	logits          []float32 // [T][V]
}

// NewEvaluator returns an evaluator that works in chunks of some steps.
func (m *Model) NewEvaluator(steps int) (*Evaluator, error) {
	ws, err := m.Stack.NewInference(steps, 1)
	if err != nil {
		return nil, fmt.Errorf("making a workspace: %w", err)
	}
	s, err := m.Stack.NewState(1)
	if err != nil {
		return nil, fmt.Errorf("making a state: %w", err)
	}
	return &Evaluator{m, ws, s, make([]int, steps), make([]int, steps), make([]float32, steps*m.Vocabulary.Len())}, nil
}

// Nats returns the sum of −log p of a text's symbols, in nats, where each symbol except the first
// is predicted from all symbols before it. The text is one stream, whose state is carried from
// chunk to chunk, so that the number of steps in a chunk does not change the predictions. It ends
// if ctx does, with an error. A sum that is not finite is an error.
func (e *Evaluator) Nats(ctx context.Context, symbols []int32) (nats float64, err error) {
	e.state.Reset()
	for first, last := 0, len(symbols)-1; first < last; first += len(e.inputs) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		steps := min(len(e.inputs), last-first)
		for i := range steps {
			e.inputs[i], e.targets[i] = int(symbols[first+i]), int(symbols[first+i+1])
		}
		width := e.model.Vocabulary.Len()
		logits := e.logits[:steps*width]
		if err := e.model.Stack.ForwardTokens(e.workspace, e.state, e.inputs[:steps], logits, nil); err != nil {
			return 0, err
		}
		mean, err := nn.SoftmaxCrossEntropy(logits, width, e.targets[:steps], nil)
		if err != nil {
			return 0, err
		}
		nats += mean * float64(steps)
	}
	if math.IsNaN(nats) || math.IsInf(nats, 0) {
		return 0, fmt.Errorf("the loss is %v", nats)
	}
	return nats, nil
}
