package runtime

import (
	"math"
	"math/rand/v2"
)

// Option is a choice in making a Layer, a Dense or an Embedding; nil is none.
type Option func(*options)

type options struct {
	seed    uint64
	workers int
}

// Seed chooses the initial weights. Without it, the seed is 1; layers of the
// same shape and seed have the same weights.
func Seed(seed uint64) Option {
	return func(o *options) { o.seed = seed }
}

// newOptions returns what is chosen, beside the defaults.
func newOptions(chosen []Option) options {
	o := options{seed: 1}
	for _, choose := range chosen {
		if choose != nil {
			choose(&o)
		}
	}
	return o
}

// random returns the generator of initial weights.
func (o options) random() *rand.Rand { return rand.New(rand.NewPCG(o.seed, 0)) }

// glorot fills m with the normalized initialization of Glorot & Bengio 2010,
// formula 16: uniform in ±√(6/(fanIn+fanOut)).
func glorot(random *rand.Rand, m matrix, fanIn, fanOut int) {
	limit := float32(math.Sqrt(6 / (float64(fanIn) + float64(fanOut))))
	for i := range m.rows {
		row := m.data[i*m.stride:][:m.cols]
		for j := range row {
			row[j] = limit * (2*random.Float32() - 1)
		}
	}
}
