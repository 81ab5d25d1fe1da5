package main

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/runtime"
)

// memory is an amount of memory in bytes. No product of sizes overflows it.
type memory float64

func (m memory) String() string {
	units := []string{"bytes", "kB", "MB", "GB", "TB", "PB", "EB"}
	for len(units) > 1 && m >= 1000 {
		m, units = m/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", float64(m), units[0])
}

// unknownMemory is what is taken to be free where the system does not say.
const unknownMemory memory = 4e9

// itself is the memory of the program itself: its code, and what Go has before anything is made.
// On linux it was 16 MB.
const itself memory = 20e6

// availableMemory returns how much memory training may take, the program included: what is free, or
// less if -memory, in megabytes, says so.
func availableMemory(megabytes int) memory {
	free, known := freeMemory()
	free += itself // which is there already
	switch limit := memory(megabytes) * 1e6; {
	case !known && limit > 0:
		free = limit
	case !known:
		free = unknownMemory
	case limit > 0:
		free = min(free, limit)
	}
	return min(free, math.MaxInt) // what a pointer reaches
}

// limitMemory has Go collect garbage before that much is in use. It returns what ends this.
func limitMemory(available memory) (end func()) {
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(before, int64(min(max(available-itself, 0), math.MaxInt64/2))))
	return func() { debug.SetMemoryLimit(before) }
}

// subject is what is trained, and how.
type subject struct {
	training.Options
	use *cells.Cell
}

// checkMemory returns the memory that training with a vocabulary of some symbols leaves for the
// text, or an error if it would take more than is available; size is the flag that the hidden width
// follows from. Go ends a program that asks for more than there is, and no error is returned from
// that.
func (s *subject) checkMemory(available memory, symbols int, size string) (left memory, err error) {
	n, err := s.needs(symbols)
	if err != nil {
		return 0, fmt.Errorf("training takes more memory than there can be: %w", err)
	}
	if left := available - n.sum(); left >= 0 {
		return left, nil
	}
	return 0, fmt.Errorf("training takes about %v of memory (the model, its gradients and AdamW's moments %v, "+
		"a copy for checkpoints %v, what a batch and an evaluation work in %v, the program itself %v), and %v are available: use a smaller "+
		"-%s, -embed, -layers, -batch, -steps or -shards", n.sum(), n.model, n.saving, n.work, itself, available, size)
}

// likelySymbols returns how many symbols the vocabulary may have, as far as that is known before
// the text is read.
func (c *config) likelySymbols() int {
	switch {
	case c.most > 0:
		return c.most
	case c.level == string(corpus.Words):
		return 10_000
	}
	return 256
}

// needed is the memory that training takes: for what is as large as the parameters, for the copies
// that are written to a checkpoint, and for what shards and an evaluation work in, beside the program.
type needed struct{ model, saving, work memory }

func (n needed) sum() memory { return n.model + n.saving + n.work + itself }

// needs returns the memory that training takes. TestNeeds compares it with what is allocated. It
// is an error if a part alone is larger than anything can be.
func (s *subject) needs(symbols int) (n needed, err error) {
	rows, shards := s.Batch/s.Shards, memory(s.Shards)
	shard, err := s.measure(s.Steps, rows)
	if err != nil {
		return n, err
	}
	evaluation, err := s.measure(keptSteps, 1)
	if err != nil {
		return n, err
	}
	shape := s.shapeOf(symbols)
	params := shard.weights + shape.weights()
	n.model = rounding * ((3+shards)*params + shard.imported + (2+shards)*s.overhead())
	n.saving = rounding * 3 * params
	tokens := 3 * 8 * memory(s.Steps) * memory(s.Batch)
	n.work = rounding * (shards*(shard.layers+shape.training(s.Steps, rows)+scratch(s.use, rows)) +
		evaluation.layers + shape.inference(training.EvaluationSteps) + tokens)
	return n, nil
}

// keptSteps is how many steps of training have the memory that an evaluation has for all of its,
// as it keeps nothing of most.
const keptSteps = 10

// rounding is what Go takes for an array of a size that it has not, at most on average.
const rounding = 1 + 1./32

// measured is the memory of all recurrent layers, and of their workspaces and states.
type measured struct{ weights, imported, layers memory }

// measure returns the memory of the layers for some steps of batch rows.
func (s *subject) measure(steps, batch int) (m measured, err error) {
	add := func(layers memory, input int) error {
		one, err := runtime.Measure(s.use, input, s.Hidden, steps, batch, s.Sizes()...)
		m.weights += layers * memory(one.Weights)
		m.imported += layers * memory(one.Imported)
		m.layers += layers * memory(one.Workspace+one.State)
		return err
	}
	err = add(1, s.Embed)
	if s.Layers > 1 && err == nil {
		err = add(memory(s.Layers-1), s.between())
	}
	return m, err
}

// between returns the width of what follows a layer.
func (s *subject) between() int {
	if s.Project > 0 {
		return s.Project
	}
	return language.Output(s.use, s.Options.Options)
}

// overhead returns the bytes of all layers, or of what a workspace has for them, that are not in
// arrays.
func (s *subject) overhead() memory {
	d := s.use.Describe()
	return memory(s.Layers) * memory(11<<10+len(d.Params)<<9+len(d.Stages)<<9)
}

// arrays returns the memory of arrays of some lengths. Large ones are aligned to huge pages.
func arrays(lengths ...memory) (bytes memory) {
	const line, hugePage = 64, 2 << 20
	for _, n := range lengths {
		if bytes += 4*n + line; 4*n >= hugePage {
			bytes += hugePage
		}
	}
	return bytes
}
