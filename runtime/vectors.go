package runtime

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// VectorSet is what elementwise code is written in: a processor's vector
// instructions, or Go.
type VectorSet int

// The sets that there are kernels and functions for.
const (
	Go VectorSet = iota
	AVX2
	AVX512
)

// String returns the set's name: go, avx2 or avx512.
func (s VectorSet) String() string { return [...]string{"go", "avx2", "avx512"}[s] }

var (
	forced  = os.Getenv("CELLGEN_VECTORS") // empty: those of the backend
	vectors = vectorsAtStart(forced)
)

// Vectors returns the name of what computes kernels and [Functions]: the
// backend's own instructions, "go" for gonum and the best that the processor has
// for openblas, unless the environment variable CELLGEN_VECTORS or UseVectors
// names another of VectorSets. A program whose CELLGEN_VECTORS is none of them
// panics at its start.
func Vectors() string { return vectors.String() }

// ActiveVectors is Vectors for generated packages, which choose by it.
func ActiveVectors() VectorSet { return vectors }

// VectorSets returns the names of what kernels and functions can be computed with
// here, the fastest first: "avx512" and "avx2" if the processor has them, but not
// under the build tag purego; "go" everywhere.
func VectorSets() []string {
	var names []string
	for _, b := range nativeBackends() {
		names = append(names, b.name)
	}
	return append(names, Go.String())
}

// UseVectors makes the one of VectorSets with that name compute kernels and
// functions from now on, whatever the backend, or that of the backend for an empty
// name. Call it before computing: it must not run beside anything else of this
// package.
func UseVectors(name string) error {
	s, err := vectorsNamed(name)
	if err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	forced, vectors = name, s
	return nil
}

func vectorsAtStart(name string) VectorSet {
	s, err := vectorsNamed(name)
	if err != nil {
		panic(fmt.Errorf("runtime: CELLGEN_VECTORS: %w", err))
	}
	return s
}

// vectorsNamed returns the set of that name, that of the backend for an empty one.
func vectorsNamed(name string) (VectorSet, error) {
	sets := VectorSets()
	if name != "" && !slices.Contains(sets, name) {
		return Go, fmt.Errorf("no vectors %q; this processor and build have %s", name, strings.Join(sets, ", "))
	}
	if name == "" {
		name = active.name
	}
	if name == "openblas" {
		name = sets[0]
	}
	for _, s := range []VectorSet{AVX512, AVX2} {
		if s.String() == name {
			return s, nil
		}
	}
	return Go, nil
}
