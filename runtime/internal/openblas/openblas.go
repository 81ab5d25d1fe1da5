//go:build openblas

// Package openblas links OpenBLAS, which is C: it is compiled only under the build tag
// openblas, and needs cgo and the library (Debian's libopenblas-dev). It is a package of
// its own because a package with Go assembly cannot contain C.
package openblas

// #cgo LDFLAGS: -lopenblas
// void openblas_set_num_threads(int n);
import "C"

import "gonum.org/v1/netlib/blas/netlib"

// Implementation is gonum's binding. Each call runs on its caller's thread: a layer divides
// the work itself, and more threads would only compete for the same cores.
type Implementation struct{ netlib.Implementation }

func init() { C.openblas_set_num_threads(1) }
