package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/machine"
)

// Backend returns the name of the backend in use, which computes matrix products. It is the
// first of Backends unless the environment variable CELLGEN_BACKEND or UseBackend names
// another.
func Backend() string { return machine.Active().Name }

// Backends returns the names of the backends that this processor and build have, the
// fastest first: "avx512" and "avx2" if the processor has them, except under the build tag
// purego; "openblas" under the build tag openblas; "gonum" always.
func Backends() []string {
	var names []string
	for _, b := range machine.Backends() {
		names = append(names, b.Name)
	}
	return names
}

// UseBackend selects one of Backends by name, the first if the name is empty, and with it
// its [Vectors]. It is an error, and nothing changes, if it is not one of them. It must
// not be called while anything of this package is computing.
func UseBackend(name string) error { return wrap("UseBackend", machine.UseBackend(name)) }

// Ordered reports whether the backend in use adds the terms of a sum in a fixed order. If
// so, a sequence at once, in chunks or step by step gives the same bits, and so does a batch
// row alone or among others. All backends do except openblas, whose order depends on sizes.
func Ordered() bool { return machine.Active().Ordered }

// Vectors returns the name of the vector set in use, which computes kernels and
// elementwise functions. It follows the backend ("go" for gonum, the first of VectorSets
// for openblas, its namesake for the others) unless the environment variable
// CELLGEN_VECTORS or UseVectors names one of VectorSets.
func Vectors() string { return machine.Vectors().String() }

// VectorSets returns the names of the vector sets that this processor and build have, the
// fastest first: "avx512" and "avx2" if the processor has them, except under the build tag
// purego; "go" always.
func VectorSets() []string {
	var names []string
	for _, s := range machine.Sets() {
		names = append(names, s.String())
	}
	return names
}

// CheckEnvironment returns an error if CELLGEN_BACKEND or CELLGEN_VECTORS names something
// that this processor and build do not have, unless UseBackend or UseVectors has chosen
// since. NewLayer and nn.NewDense return it too: no program computes with something else
// than it was told to. One that reports mistakes before it does any work calls this first.
func CheckEnvironment() error {
	if err := machine.Environment(); err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	return nil
}

// UseVectors selects one of VectorSets by name, whatever the backend, or lets the vectors
// follow the backend again if the name is empty. It is an error, and nothing changes, if
// it is not one of them. It must not be called while anything of this package is computing.
func UseVectors(name string) error { return wrap("UseVectors", machine.UseVectors(name)) }

func wrap(function string, err error) error {
	if err != nil {
		return fmt.Errorf("runtime: %s: %w", function, err)
	}
	return nil
}
