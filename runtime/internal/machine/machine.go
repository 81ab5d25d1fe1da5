// Package machine knows what this processor and build can compute with, and what is in
// use: a backend for matrix products, and a set of vector instructions for kernels and
// functions. It is the one place where the two are chosen and validated.
package machine

import "slices"

// Set is what elementwise code is written in: vector instructions of a processor, or Go.
type Set int

// The sets that kernels and functions exist in.
const (
	Go Set = iota
	AVX2
	AVX512
)

// String returns the name of the set: go, avx2 or avx512.
func (s Set) String() string { return [...]string{"go", "avx2", "avx512"}[s] }

// Sets returns the sets of this processor and build, the fastest first; Go is the last.
func Sets() []Set { return append(native(), Go) }

// Names of the backends that are not named after a set of vectors.
const (
	OpenBLAS = "openblas"
	Gonum    = "gonum"
)

// Backend is a way to compute products.
type Backend struct {
	Name    string
	Vectors Set  // its own
	Ordered bool // whether it adds the terms of a sum in their order
}

// backends are the backends of this processor and build, the fastest first: the native
// ones, the linked ones, and gonum.
var backends = newBackends()

func newBackends() (list []Backend) {
	sets := Sets()
	for _, s := range sets[:len(sets)-1] {
		list = append(list, Backend{s.String(), s, true})
	}
	for _, name := range linked {
		list = append(list, Backend{name, sets[0], false}) // the order of its sums depends on sizes
	}
	return append(list, Backend{Gonum, Go, true})
}

// Backends returns the backends of this processor and build, the fastest first.
func Backends() []Backend { return slices.Clone(backends) }
