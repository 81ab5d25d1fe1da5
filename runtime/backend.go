package runtime

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// backend computes products, as the functions of the same names in gemm.go say,
// and sums of matrices, as addTo.
type backend struct {
	name       string
	mulAdd     func(c, a, b matrix)
	mulAddHalf func(c, a matrix, b halfMatrix)
	transpose  func(t, m matrix)
	add        func(sum, m matrix)
	unordered  bool // sums in an order of its own; see Ordered
}

// backends are those that this processor and build have, the fastest first.
var backends = append(append(nativeBackends(), linkedBackends()...), portable)

// active computes all products. It is set before main, and by UseBackend.
var active = backendAtStart(os.Getenv("CELLGEN_BACKEND"))

// Backend returns the name of what computes the matrix products: the
// first of Backends unless the environment variable CELLGEN_BACKEND or
// UseBackend names another. A program whose CELLGEN_BACKEND is none of them panics
// at its start.
func Backend() string { return active.name }

// Backends returns the names of what can compute here, the fastest first:
// "avx512" and "avx2" if the processor has them, but not under the build tag
// purego; "openblas" under the build tag openblas; "gonum" everywhere.
func Backends() []string {
	names := make([]string, len(backends))
	for i, b := range backends {
		names[i] = b.name
	}
	return names
}

// UseBackend makes the one of Backends with that name compute from now on, the
// first of them for an empty name, and [Vectors] with it. Call it before computing: it must not run
// beside anything else of this package.
func UseBackend(name string) error {
	b, err := backendNamed(name)
	if err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	active = b
	vectors, err = vectorsNamed(forced)
	return err
}

// Ordered reports whether the backend adds up products in the order of their
// terms, so that a sequence at once, in chunks or step by step is the same bit
// for bit, and so is a batch row alone or among others. All do but openblas,
// whose order depends on sizes.
func Ordered() bool { return !active.unordered }

func backendAtStart(name string) backend {
	b, err := backendNamed(name)
	if err != nil {
		panic(fmt.Errorf("runtime: CELLGEN_BACKEND: %w", err))
	}
	return b
}

// backendNamed returns the backend of that name, the fastest for an empty one.
func backendNamed(name string) (backend, error) {
	i := slices.IndexFunc(backends, func(b backend) bool { return b.name == name || name == "" })
	if i < 0 {
		return backend{}, fmt.Errorf("no backend %q; this processor and build have %s", name, strings.Join(Backends(), ", "))
	}
	return backends[i], nil
}
