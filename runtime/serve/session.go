package serve

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// Session is one sequence. It takes one step at a time.
type Session[S State[S]] struct {
	batcher *Batcher[S]
	state   S // of one row
	stage   atomic.Int32
	done    chan result // of the step

	x, y  []float32 // of the step
	token int       // in place of x
}

// The stages of a session. A session that is idle, and no other, may be used by its owner.
const (
	idle int32 = iota
	busy       // its owner is in a method
	gone       // closed
)

// result is how a step has ended: with an error or a panic, if not well.
type result struct {
	err    error
	failed any
}

// Session opens a session at the start of a sequence.
func (b *Batcher[S]) Session() (*Session[S], error) {
	if err := b.queue.enter(); err != nil {
		return nil, err
	}
	state, err := b.model.NewState(1)
	if err != nil {
		b.queue.exit()
		return nil, fmt.Errorf("serve: Session: %w", err)
	}
	return &Session[S]{batcher: b, state: state, done: make(chan result, 1)}, nil
}

// Step moves the session by one step, from x [Input] to y [Output], and returns when that is
// done. The arrays are its own until then. If the context ends before the step has begun, the
// session stays as it is, and Step returns the context's error; so it does with ErrClosed. If
// the model panics, Step panics with the same value. It is an error, and nothing changes, if the
// model takes tokens, or if a size does not fit.
func (s *Session[S]) Step(ctx context.Context, x, y []float32) error {
	m := &s.batcher.model
	switch {
	case m.Step == nil:
		return errors.New("serve: Step: the model takes tokens, not x: use StepToken")
	case len(x) != m.Input || len(y) != m.Output:
		return fmt.Errorf("serve: Step: x has %d values and y %d, want %d and %d", len(x), len(y), m.Input, m.Output)
	}
	return s.step(ctx, x, 0, y)
}

// StepToken is Step for a model that takes tokens, on a token in 0..Input−1.
func (s *Session[S]) StepToken(ctx context.Context, token int, y []float32) error {
	m := &s.batcher.model
	switch {
	case m.StepTokens == nil:
		return errors.New("serve: StepToken: the model takes x, not tokens: use Step")
	case token < 0 || token >= m.Input:
		return fmt.Errorf("serve: StepToken: token is %d, there are %d tokens in the vocabulary", token, m.Input)
	case len(y) != m.Output:
		return fmt.Errorf("serve: StepToken: y has %d values, want %d", len(y), m.Output)
	}
	return s.step(ctx, nil, token, y)
}

// step waits for the step to be done.
func (s *Session[S]) step(ctx context.Context, x []float32, token int, y []float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.begin(); err != nil {
		return err
	}
	s.x, s.token, s.y = x, token, y
	r := result{err: s.batcher.queue.add(s)}
	if r.err == nil {
		r = s.wait(ctx)
	}
	s.x, s.y = nil, nil
	s.stage.Store(idle)
	if r.failed != nil {
		panic(r.failed)
	}
	return r.err
}

// wait returns how the step has ended.
func (s *Session[S]) wait(ctx context.Context) result {
	ends := ctx.Done()
	if ends == nil {
		return <-s.done
	}
	select {
	case r := <-s.done:
		return r
	case <-ends:
	}
	if s.batcher.queue.remove(s) {
		return result{err: ctx.Err()}
	}
	return <-s.done
}

// State returns the session's state, of one row. The caller may read and write it, save it and
// restore it, while no step is running.
func (s *Session[S]) State() S { return s.state }

// Close ends the session. It is an error if a step is running or waits.
func (s *Session[S]) Close() error {
	if err := s.begin(); err != nil {
		return err
	}
	s.stage.Store(gone)
	s.batcher.queue.exit()
	return nil
}

// begin makes an idle session busy.
func (s *Session[S]) begin() error {
	switch {
	case s.stage.CompareAndSwap(idle, busy):
		return nil
	case s.stage.Load() == gone:
		return ErrClosed
	}
	return errors.New("serve: the session is in use by another goroutine")
}
