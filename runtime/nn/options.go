package nn

import (
	"math/rand/v2"

	"github.com/cellgen/cellgen/runtime/internal/initial"
)

// Option is an option of [NewDense], [NewEmbedding] and [NewStack]. Of several of a kind the last counts;
// nil changes nothing. An option of package runtime, such as Workers, has another type.
type Option func(*options)

type options struct{ seed uint64 }

// Seed sets the seed that initial weights are drawn with; the default is 1. The same shape
// and seed give the same weights.
func Seed(seed uint64) Option {
	return func(o *options) { o.seed = seed }
}

// newOptions returns the defaults with the chosen options applied.
func newOptions(chosen []Option) options {
	o := options{seed: 1}
	for _, choose := range chosen {
		if choose != nil {
			choose(&o)
		}
	}
	return o
}

// random returns the random number generator for initial weights.
func random(chosen []Option) *rand.Rand { return initial.Random(newOptions(chosen).seed) }
