package main

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/nn"
)

// stream runs a batch of B rows of text through a model, chunk by chunk, and carries the
// states of the layers from each chunk to the next. It has one owner, and allocates nothing
// once it is made.
type stream struct {
	*model
	batch      int
	workspaces []*runtime.Workspace
	states     []*runtime.State
	x, dx      [][]float32 // for each layer [T][B][its input], and for the projection
	logits     []float32   // [T][B][256]
}

// newStream returns a stream for chunks of up to steps steps.
func (m *model) newStream(steps, batch int) (*stream, error) {
	s := &stream{model: m, batch: batch}
	for _, layer := range m.layers {
		ws, err := layer.NewWorkspace(steps, batch)
		if err != nil {
			return nil, fmt.Errorf("making a workspace: %w", err)
		}
		state, err := layer.NewState(batch)
		if err != nil {
			return nil, fmt.Errorf("making a state: %w", err)
		}
		s.workspaces, s.states = append(s.workspaces, ws), append(s.states, state)
		s.addInput(steps * batch * layer.Input())
	}
	s.addInput(steps * batch * m.dense.Input())
	s.logits = make([]float32, steps*batch*vocabulary)
	return s, nil
}

func (s *stream) addInput(size int) {
	s.x, s.dx = append(s.x, make([]float32, size)), append(s.dx, make([]float32, size))
}

// reset returns to the state before any text.
func (s *stream) reset() {
	for _, state := range s.states {
		state.Reset()
	}
}

// forward returns the logits [T][B][256] of the bytes that follow the inputs [T][B]. The
// next call overwrites them.
func (s *stream) forward(inputs []int) ([]float32, error) {
	return s.run(inputs, (*runtime.Layer).Forward)
}

// step is forward for one time step, with inputs [B], and without a backward after it.
func (s *stream) step(inputs []int) ([]float32, error) {
	return s.run(inputs, (*runtime.Layer).Step)
}

// pass is a method of a layer that maps x to y: Forward or Step.
type pass func(l *runtime.Layer, ws *runtime.Workspace, s *runtime.State, x, y []float32) error

func (s *stream) run(inputs []int, pass pass) ([]float32, error) {
	if err := s.embedding.Forward(inputs, s.rows(s.x, 0, inputs)); err != nil {
		return nil, err
	}
	for i, layer := range s.layers {
		x, y := s.rows(s.x, i, inputs), s.rows(s.x, i+1, inputs)
		if err := pass(layer, s.workspaces[i], s.states[i], x, y); err != nil {
			return nil, err
		}
	}
	logits := s.logits[:len(inputs)*vocabulary]
	return logits, s.dense.Forward(s.rows(s.x, len(s.layers), inputs), logits)
}

// loss returns the mean cross-entropy, in nats, of the targets [T][B] for the inputs
// [T][B].
func (s *stream) loss(inputs, targets []int) (nats float64, err error) {
	logits, err := s.forward(inputs)
	if err != nil {
		return 0, err
	}
	return nn.SoftmaxCrossEntropy(logits, vocabulary, targets, nil)
}

// train also returns the loss, and adds its gradients to those in params. They stop at the
// states before the chunk (truncated back-propagation through time).
func (s *stream) train(inputs, targets []int, params runtime.Params) (nats float64, err error) {
	logits, err := s.forward(inputs)
	if err != nil {
		return 0, err
	}
	nats, err = nn.SoftmaxCrossEntropy(logits, vocabulary, targets, logits)
	if err != nil {
		return 0, err
	}
	return nats, s.backward(inputs, logits, params)
}

// backward goes back through forward from the cotangents of the logits, and adds to the
// gradients in params.
func (s *stream) backward(inputs []int, dlogits []float32, params runtime.Params) error {
	top := len(s.layers)
	err := s.dense.Backward(s.rows(s.x, top, inputs), dlogits, s.rows(s.dx, top, inputs), params)
	if err != nil {
		return err
	}
	for i := top - 1; i >= 0; i-- {
		dx, dy := s.rows(s.dx, i, inputs), s.rows(s.dx, i+1, inputs)
		if err := s.layers[i].Backward(s.workspaces[i], nil, dy, dx, params); err != nil {
			return err
		}
	}
	return s.embedding.Backward(inputs, s.rows(s.dx, 0, inputs), params)
}

// rows returns layer i's part of x or dx, one row for each input.
func (s *stream) rows(x [][]float32, i int, inputs []int) []float32 {
	width := s.dense.Input()
	if i < len(s.layers) {
		width = s.layers[i].Input()
	}
	return x[i][:len(inputs)*width]
}
