package serve

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Session is one sequence. It takes one step at a time.
type Session[S State[S]] struct {
	batcher *Batcher[S]
	state   S // of one row
	x, y    []float32
	stage   atomic.Int32
	done    chan result
}

// The stages of a session. A session that is idle, and no other, may be used by its owner.
const (
	idle    int32 = iota
	busy          // its owner is in a method
	waiting       // for a step
	running       // in a step
	gone          // closed
)

// result is how a step has ended: with an error or a panic, if not well.
type result struct {
	err    error
	failed any
}

// Session opens a session at the start of a sequence.
func (b *Batcher[S]) Session() (*Session[S], error) {
	select {
	case <-b.closed:
		return nil, ErrClosed
	default:
	}
	state, err := b.model.NewState(1)
	if err != nil {
		return nil, fmt.Errorf("serve: Session: %w", err)
	}
	b.open.Add(1)
	return &Session[S]{batcher: b, state: state, done: make(chan result, 1)}, nil
}

// Step moves the session by one step, from x [Input] to y [Output], and returns when that is
// done. The arrays are its own until then. If the context ends before the step has begun, the
// session stays as it is, and Step returns the context's error; so it does with ErrClosed. If
// the model panics, Step panics with the same value.
func (s *Session[S]) Step(ctx context.Context, x, y []float32) error {
	m := &s.batcher.model
	if len(x) != m.Input || len(y) != m.Output {
		return fmt.Errorf("serve: Step: x has %d values and y %d, want %d and %d", len(x), len(y), m.Input, m.Output)
	}
	if err := s.begin(); err != nil {
		return err
	}
	s.x, s.y = x, y
	s.stage.Store(waiting)
	b, err := s.batcher, error(nil)
	select {
	case b.queue <- s:
		select {
		case r := <-s.done:
			return s.end(r)
		case <-ctx.Done():
			err = ctx.Err()
		case <-b.ended:
			err = ErrClosed
		}
	case <-ctx.Done():
		err = ctx.Err()
	case <-b.closed:
		err = ErrClosed
	}
	if s.stage.CompareAndSwap(waiting, busy) { // should it be in the queue, it is passed over
		return s.leave(err)
	}
	return s.end(<-s.done)
}

// State returns the session's state, of one row. The caller may read and write it, save it and
// restore it, while no step is running.
func (s *Session[S]) State() S { return s.state }

// Close ends the session. A step that is running is done first; it is an error if one waits.
func (s *Session[S]) Close() error {
	if err := s.begin(); err != nil {
		return err
	}
	s.stage.Store(gone)
	s.batcher.open.Add(-1)
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
	return fmt.Errorf("serve: the session is in use by another goroutine")
}

func (s *Session[S]) leave(err error) error {
	s.x, s.y = nil, nil
	s.stage.Store(idle)
	return err
}

func (s *Session[S]) end(r result) error {
	if err := s.leave(r.err); r.failed == nil {
		return err
	}
	panic(r.failed)
}
