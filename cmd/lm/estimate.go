package main

import (
	"context"
	"time"
)

// What compiling a cell takes, where everything else has been compiled before, and how many
// times faster the run then is. On two processors compiling took 2 s; one-stage cells ran 1.1 to
// 1.4 times faster, ENAS of seven stages 1.4 to 2 times.
const (
	compileSeconds = 3
	speedup        = 1.3
)

// estimate returns how many seconds a run takes with a text of this size.
func (c *config) estimate(text int) (seconds float64, err error) {
	m, err := newModel(c)
	if err != nil {
		return 0, err
	}
	t, err := newTrainer(c, m, make([]byte, c.batch*c.steps+1))
	if err != nil {
		return 0, err
	}
	update := timed(func() { _, _ = t.step(0) }) // that may diverge; it takes as long
	evaluation := timed(func() { _, _ = m.evaluate(context.Background(), make([]byte, c.steps+1), c.steps) })
	return c.total(text, update, evaluation), nil
}

// total returns the seconds of a run: of an update and of a chunk of an evaluation, which it
// does, times their numbers.
func (c *config) total(text int, update, evaluation float64) float64 {
	heldOut := text / 10
	chunks := (text - heldOut - 1) / c.batch / c.steps
	perEpoch := float64(chunks)*update + float64(heldOut/c.steps)*evaluation
	return float64(c.epochs)*perEpoch + float64(c.sample/c.steps)*evaluation
}

// timed returns the seconds of work, done once more than timed.
func timed(work func()) float64 {
	work()
	start := time.Now()
	work()
	return time.Since(start).Seconds()
}
