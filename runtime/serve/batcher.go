package serve

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is the error of steps of a closed session or Batcher.
var ErrClosed = errors.New("serve: closed")

// Batcher gathers the steps of sessions. Its methods may be called by any goroutine.
type Batcher[S State[S]] struct {
	model Model[S]
	wait  time.Duration
	queue chan *Session[S]
	open  atomic.Int64 // sessions

	rows  []S // of 1, 2, … rows, which share their memory
	x, y  []float32
	batch []*Session[S]
	timer *time.Timer

	closing sync.Once
	closed  chan struct{} // no further step begins
	ended   chan struct{} // none is running
}

// New returns a Batcher for steps of up to most rows. A step waits for the steps of other sessions
// for at most the given time, and not at all once every open session has asked for one. It is an
// error if most is below 1 or wait is below 0, or if memory runs out.
func New[S State[S]](model Model[S], most int, wait time.Duration) (*Batcher[S], error) {
	if most < 1 || wait < 0 {
		return nil, fmt.Errorf("serve: New: at most %d rows and a wait of %v; want at least 1 and 0", most, wait)
	}
	b := &Batcher[S]{
		model: model, wait: wait, queue: make(chan *Session[S], most),
		x: make([]float32, most*model.Input), y: make([]float32, most*model.Output),
		timer: time.NewTimer(wait), closed: make(chan struct{}), ended: make(chan struct{}),
	}
	all, err := model.NewState(most)
	for n := 1; n <= most && err == nil; n++ {
		var head S
		head, err = all.Head(n)
		b.rows = append(b.rows, head)
	}
	if err != nil {
		return nil, fmt.Errorf("serve: New: %w", err)
	}
	go b.run()
	return b, nil
}

// Close ends the Batcher once the running step is done. Steps that have not begun, and all later
// ones, return ErrClosed.
func (b *Batcher[S]) Close() {
	b.closing.Do(func() { close(b.closed) })
	<-b.ended
}

// Sessions returns the number of open sessions.
func (b *Batcher[S]) Sessions() int { return int(b.open.Load()) }

// run steps until the Batcher is closed.
func (b *Batcher[S]) run() {
	defer close(b.ended)
	for b.gather() {
		b.step()
	}
}

// gather waits for a session that wants a step and then, for a while, for others.
func (b *Batcher[S]) gather() bool {
	b.batch = b.batch[:0]
	for len(b.batch) == 0 {
		select {
		case s := <-b.queue:
			b.take(s)
		case <-b.closed:
			return false
		}
	}
	b.timer.Reset(b.wait)
	for len(b.batch) < len(b.rows) {
		select { // what is there already does not wait
		case s := <-b.queue:
			b.take(s)
			continue
		default:
		}
		if b.wait == 0 || int64(len(b.batch)) >= b.open.Load() {
			break
		}
		select {
		case s := <-b.queue:
			b.take(s)
		case <-b.timer.C:
			return true
		case <-b.closed:
			return true
		}
	}
	b.timer.Stop()
	return true
}

// take adds a session to the batch, unless it no longer wants the step.
func (b *Batcher[S]) take(s *Session[S]) {
	if s.stage.CompareAndSwap(waiting, running) {
		b.batch = append(b.batch, s)
	}
}

// step computes a step of the batch.
func (b *Batcher[S]) step() {
	n := len(b.batch)
	if n == 0 {
		return
	}
	r := b.compute(n)
	for i, s := range b.batch {
		if r.err == nil && r.failed == nil {
			copy(s.y, b.y[i*b.model.Output:])
		}
		s.done <- r
	}
}

// compute runs the model on the sessions' rows. No state changes if it fails.
func (b *Batcher[S]) compute(n int) (r result) {
	defer func() { r.failed = recover() }()
	rows := b.rows[n-1]
	for i, s := range b.batch {
		copy(b.x[i*b.model.Input:], s.x)
		if r.err = s.state.Scatter(rows, []int{i}); r.err != nil {
			return r
		}
	}
	if r.err = b.model.Step(rows, b.x[:n*b.model.Input], b.y[:n*b.model.Output]); r.err != nil {
		return r
	}
	for i, s := range b.batch {
		if r.err = s.state.Gather(rows, []int{i}); r.err != nil {
			return r
		}
	}
	return r
}
