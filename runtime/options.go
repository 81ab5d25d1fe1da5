package runtime

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// Option is an option of [NewLayer]. Of several of a kind the last counts; nil changes
// nothing. An option of another package's constructors, such as nn.Seed, has another type.
type Option func(*options)

type options struct {
	seed     uint64
	workers  int
	widths   map[string]int
	initials map[string]kernel.Initial
	like     string // a framework
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

// Width sets one of the further widths of a cell by its name, such as Width("proj", 64) for
// the projection of an LSTM. A width that the cell demands and nobody gives is an error of
// NewLayer, and so is one that it does not have.
func Width(name string, units int) Option {
	return func(o *options) { o.widths = with(o.widths, name, units) }
}

// Initial draws the initial values of one parameter, by its name, in another way than the
// cell says: Initial("U", "orthogonal"), or Initial("b", "constant", 1) for one value. The
// initialisers are the constants of package kernel, such as [kernel.Orthogonal]. An unknown
// name, and arguments that do not fit, are errors of NewLayer.
//
// Leaf i of a cell of tokens has the parameters Wi, Ui and bi: Initial("b4", "constant", 1) is for
// the gate of the shipped lstm that forgets. The names kernel, recurrent and bias stand for the
// parameters of all leaves that have no Initial of their own.
func Initial(name, initialiser string, args ...float64) Option {
	return func(o *options) {
		o.initials = with(o.initials, name, kernel.Initial{Name: initialiser, Args: slices.Clone(args)})
	}
}

// Like draws initial weights as a framework's recurrent layers do, where neither [Initial] nor
// what follows says otherwise. An unknown name is an error of NewLayer.
//
// "pytorch" is reset_parameters of torch.nn.LSTM, GRU and RNN: matrices and biases are uniform in
// ±1/√H. PyTorch has a bias for each product, and a cell one for their sum: it is drawn as the
// sum of as many numbers as there are products.
//
// "keras" is the defaults of keras.layers.LSTM, GRU and SimpleRNN. The matrices that multiply x,
// or another input, are drawn as one kernel [D][n·H], within ±√(6/(D+n·H)) (glorot_uniform). The matrices
// that multiply states, or what is added to a product with x, are drawn as one [H][n·H] with
// orthonormal rows (orthogonal). Every other matrix, such as a projection, is drawn as the kernel of a
// keras.layers.Dense, within ±√(6/(fan-in + fan-out)). Biases are 0, or the constant that the cell
// says: 1 for a gate that forgets is unit_forget_bias, which the shipped peephole has, and lstm with
// Initial("b4", "constant", 1).
//
// Of matrices or biases that only occur as a sum the first is drawn, and the others are 0. Vectors
// that are not added to products, such as peepholes, and numbers are drawn as the cell says.
func Like(framework string) Option {
	return func(o *options) { o.like = framework }
}

// with returns a map with one more entry.
func with[V any](m map[string]V, name string, v V) map[string]V {
	if m == nil {
		m = make(map[string]V)
	}
	m[name] = v
	return m
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
		terms := float64(max(batch, boundRows)) * c.terms
		most := float64(steps) * terms / workerTerms
		if !c.free {
			most = min(most, terms/(workerStepTerms*float64(max(1, len(c.stepped)))))
		}
		n = int(max(1, min(float64(runtime.GOMAXPROCS(0)), most)))
	}
	return min(n, c.mostBlocks)
}
