package runtime

import (
	"fmt"
	"runtime"
)

// Option is an option of [NewLayer]. Of several of a kind the last counts; nil changes
// nothing. An option of another package's constructors, such as nn.Seed, has another type.
type Option func(*options)

type options struct {
	seed    uint64
	workers int
}

// Seed sets the seed that initial weights are drawn with; the default is 1. Layers of the
// same cell, shape and seed have the same weights.
func Seed(seed uint64) Option {
	return func(o *options) { o.seed = seed }
}

// Workers sets the maximum number of goroutines used by a Forward, Backward or Step. The default,
// 0, leaves the number to the layer: as many as GOMAXPROCS allows and the size of a step
// makes worthwhile. Results are the same bit for bit. A negative n is an error of NewLayer.
//
// A call starts goroutines besides its own as it needs them. When it returns they do nothing
// but wait for the workspace's next call, for about 50 µs, and then end;
// meanwhile the workspace stays in memory, even if nothing else refers to it.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

// newOptions returns the defaults with the chosen options applied. It is an error if one is
// out of range.
func newOptions(chosen []Option) (options, error) {
	o := options{seed: 1}
	for _, choose := range chosen {
		if choose != nil {
			choose(&o)
		}
	}
	if o.workers < 0 {
		return o, fmt.Errorf("workers is %d, want at least 0", o.workers)
	}
	return o, nil
}

// How many terms of products are worth one more worker: in a call as many as take 40 µs,
// which is what starting a worker costs, and in a step as many as take 8 µs, because workers
// wait for each other after every step.
const (
	workerTerms     = 1 << 22
	workerStepTerms = 1 << 20
)

// boundRows is the most rows whose products take no longer than reading the weights.
const boundRows = 4

// workersFor returns the number of workers for some steps of batch rows.
func (c *core) workersFor(steps, batch int) int {
	n := c.workers
	if n == 0 {
		columns := float64(c.input)*float64(len(c.x.sums)) + float64(c.hidden)*float64(len(c.h.sums))
		terms := float64(max(batch, boundRows)) * float64(c.padded) * columns
		most := min(terms/workerStepTerms, float64(steps)*terms/workerTerms)
		n = int(max(1, min(float64(runtime.GOMAXPROCS(0)), most)))
	}
	return min(n, c.blocks)
}
