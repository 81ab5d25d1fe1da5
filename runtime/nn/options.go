package nn

import "slices"

// Option is an option of [NewDense], [NewEmbedding] and [NewStack]. Of several of a kind the last counts;
// nil changes nothing. An option of package runtime, such as Workers, has another type.
type Option func(*options)

type options struct {
	seed     uint64
	like     string // a framework
	initials []named
}

// named is how a parameter is drawn.
type named struct {
	param string
	drawing
}

// Seed sets the seed that initial weights are drawn with; the default is 1. The same shape
// and seed give the same weights.
func Seed(seed uint64) Option {
	return func(o *options) { o.seed = seed }
}

// Initial draws a parameter of a [Dense], "kernel" or "bias", or of an [Embedding], "table", in
// another way: Initial("kernel", "orthogonal"), or Initial("bias", "constant", 1) for one value.
// The initialisers are those of [runtime.Initial]; the fan-in of a table is its number of tokens. An unknown name, and arguments that do not fit, are errors, and
// so is the option in NewStack, whose parts have their own.
func Initial(name, initialiser string, args ...float64) Option {
	i := named{name, drawing{initialiser, slices.Clone(args)}}
	return func(o *options) { o.initials = append(o.initials, i) }
}

// Like draws weights as a framework does, where [Initial] does not say otherwise; in NewStack
// those of all parts, whose own options go before it, and recurrent layers as [runtime.Like] says.
// An unknown name is an error.
//
//   - "pytorch": torch.nn.Linear has a kernel and a bias that are uniform in ±1/√D, and
//     torch.nn.Embedding a table that is normal with mean 0 and standard deviation 1.
//   - "keras": keras.layers.Dense has a kernel that is uniform in ±√(6/(D+O)) (glorot_uniform), and a bias
//     of zeros, and keras.layers.Embedding a table that is uniform in ±0.05.
func Like(framework string) Option {
	return func(o *options) { o.like = framework }
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
