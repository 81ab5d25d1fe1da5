//go:build openblas

// Package openblas links OpenBLAS, in C: it is compiled under the build tag
// openblas, and wants cgo and the library (Debian's libopenblas-dev). It is a
// package of its own because one with Go assembly cannot have C beside it.
package openblas

// #cgo LDFLAGS: -lopenblas
// void openblas_set_num_threads(int n);
import "C"

import "gonum.org/v1/netlib/blas/netlib"

// Implementation is gonum's binding, each call of which runs on its caller's
// thread: a layer divides the work itself, and threads below its own would only
// fight for the same cores.
type Implementation struct{ netlib.Implementation }

func init() { C.openblas_set_num_threads(1) }
