package main

import (
	"context"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// What compiling a cell takes, where everything else has been compiled before, and how many
// times faster the run then is. On two processors compiling took 2 s; one-stage cells ran 1.1 to
// 1.4 times faster, ENAS of seven stages 1.4 to 2 times.
const (
	compileSeconds = 3
	speedup        = 1.3
)

// estimate returns how many seconds a run takes with a text of this size in bytes.
func (c *config) estimate(bytes int) (seconds float64, err error) {
	text := make([]int32, c.Batch*c.Steps+1)
	v, err := corpus.NewVocabulary(corpus.Bytes, anyBytes(c.likelySymbols()), 0)
	if err != nil {
		return 0, err
	}
	m, err := language.New(c.use, v, c.Options.Options)
	if err != nil {
		return 0, err
	}
	t, err := training.New(m, c.Options, text, nil)
	if err != nil {
		return 0, err
	}
	update := timed(func() { t.Chunk = 0; _, _ = t.Step() }) // that may diverge; it takes as long
	e, err := m.NewEvaluator(training.EvaluationSteps)
	if err != nil {
		return 0, err
	}
	evaluation := timed(func() { _, _ = e.Nats(context.Background(), make([]int32, training.EvaluationSteps+1)) })
	return c.total(bytes, update, evaluation), nil
}

// total returns the seconds of a run: of an update and of a chunk of an evaluation, which it
// does, times their numbers.
func (c *config) total(text int, update, evaluation float64) float64 {
	heldOut := int(float64(text) * c.heldOut)
	chunks := (text - heldOut - 1) / c.Batch / c.Steps
	perEpoch := float64(chunks)*update + float64(heldOut/training.EvaluationSteps)*evaluation
	return float64(c.Epochs)*perEpoch + float64(c.sample/training.EvaluationSteps)*evaluation
}

// timed returns the seconds of work, done once more than timed.
func timed(work func()) float64 {
	work()
	start := time.Now()
	work()
	return time.Since(start).Seconds()
}

// anyBytes returns as many different bytes as there are symbols, up to all.
func anyBytes(symbols int) (text []byte) {
	for b := range min(symbols, 256) {
		text = append(text, byte(b))
	}
	return text
}
