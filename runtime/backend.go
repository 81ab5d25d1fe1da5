package runtime

import (
	"fmt"
	"os"
	"strings"
)

// backend computes products, as the functions of the same names in gemm.go say,
// and approximated functions, by operator.
type backend struct {
	name                 string
	mulAdd, mulAddTransA func(c, a, b matrix)
	functions            map[string]function
}

// backends are those that this processor runs, the fastest first.
var backends = withFunctions(append(nativeBackends(), gonum))

// active computes all products and functions. It is set once, before main; tests
// set it again.
var active = backendNamed(os.Getenv("CELLGEN_BACKEND"))

// Backend returns the name of what computes the matrix products and [Functions]:
// "avx512" or "avx2", which are chosen if the processor has them, or "gonum", with
// functions in Go, which runs everywhere and is all there is under the build tag
// purego. The environment variable CELLGEN_BACKEND forces one by its name; a
// program that is asked for one that is unknown or cannot run panics at its start.
func Backend() string { return active.name }

// backendNamed returns the backend of that name, the fastest for an empty one.
func backendNamed(name string) backend {
	if name == "" {
		return backends[0]
	}
	names := make([]string, len(backends))
	for i, b := range backends {
		if b.name == name {
			return b
		}
		names[i] = b.name
	}
	panic(fmt.Errorf("runtime: CELLGEN_BACKEND is %q, this processor and build have %s", name, strings.Join(names, ", ")))
}
