package serve

import (
	"errors"
	"fmt"
	"time"
)

// ErrClosed is the error of steps of a closed session or Batcher.
var ErrClosed = errors.New("serve: closed")

// Batcher gathers the steps of sessions. Its methods may be called by any goroutine.
type Batcher[S State[S]] struct {
	model Model[S]
	queue queue[S]

	rows   []S   // of 1, 2, … rows, which share their memory
	places []int // 0, 1, …
	x, y   []float32
	tokens []int
	batch  []*Session[S]
	ended  chan struct{} // no step is running, nor will be
}

// New returns a Batcher for steps of up to most rows. A step waits for the steps of other sessions
// for at most the given time, and not at all once every open session has asked for one. It is an
// error if most is below 1 or wait is below 0, if the model has not one of Step and StepTokens, or
// if memory runs out.
func New[S State[S]](model Model[S], most int, wait time.Duration) (*Batcher[S], error) {
	if most < 1 || wait < 0 {
		return nil, fmt.Errorf("serve: New: at most %d rows and a wait of %v; want at least 1 and 0", most, wait)
	}
	if (model.Step == nil) == (model.StepTokens == nil) {
		return nil, errors.New("serve: New: the model must have one of Step and StepTokens")
	}
	b := &Batcher[S]{model: model, queue: newQueue[S](most, wait), y: make([]float32, most*model.Output), ended: make(chan struct{})}
	if model.Step != nil {
		b.x = make([]float32, most*model.Input)
	} else {
		b.tokens = make([]int, most)
	}
	all, err := model.NewState(most)
	for n := 1; n <= most && err == nil; n++ {
		var head S
		head, err = all.Head(n)
		b.rows, b.places = append(b.rows, head), append(b.places, n-1)
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
	b.queue.close()
	<-b.ended
}

// Sessions returns the number of open sessions.
func (b *Batcher[S]) Sessions() int { return b.queue.sessions() }

// run steps until the Batcher is closed.
func (b *Batcher[S]) run() {
	defer close(b.ended)
	for {
		var more bool
		if b.batch, more = b.queue.next(b.batch[:0]); !more {
			return
		}
		b.step()
	}
}

// step computes a step of the batch.
func (b *Batcher[S]) step() {
	r := b.compute(len(b.batch))
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
		if b.tokens != nil {
			b.tokens[i] = s.token
		} else {
			copy(b.x[i*b.model.Input:], s.x)
		}
		if r.err = s.state.Scatter(rows, b.places[i:i+1]); r.err != nil {
			return r
		}
	}
	if b.tokens != nil {
		r.err = b.model.StepTokens(rows, b.tokens[:n], b.y[:n*b.model.Output])
	} else {
		r.err = b.model.Step(rows, b.x[:n*b.model.Input], b.y[:n*b.model.Output])
	}
	for i := 0; i < n && r.err == nil; i++ {
		r.err = b.batch[i].state.Gather(rows, b.places[i:i+1])
	}
	return r
}
