package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/gen/interp"
)

// Bounds on |got − want| / |want|, Euclidean norms of whole arrays.
const (
	definitionBound = 1e-12 // the float64 interpreter against vectors
	forwardBound    = 2e-6  // generated float32 code, h and c
	backwardBound   = 2e-5  // generated float32 code, gradients
)

// bounds are those of a comparison: of states, and of gradients.
type bounds struct{ forward, backward float64 }

// compare returns the largest relative errors of states and of gradients, and
// an error that names every array out of bounds.
func compare(got, want *interp.Outputs, b bounds) (worst bounds, err error) {
	var errs []error
	check := func(name string, got, want []float64, bound float64, worst *float64) {
		if len(got) != len(want) {
			errs = append(errs, fmt.Errorf("%s has %d values, want %d", name, len(got), len(want)))
			return
		}
		e := distance(got, want)
		*worst = math.Max(*worst, e)
		if !(e <= bound) {
			errs = append(errs, fmt.Errorf("%s is off by %.3g of its norm, more than %.0e", name, e, bound))
		}
	}
	check("h", got.H, want.H, b.forward, &worst.forward)
	check("c", got.C, want.C, b.forward, &worst.forward)
	check("dx", got.DX, want.DX, b.backward, &worst.backward)
	check("dh0", got.DH0, want.DH0, b.backward, &worst.backward)
	check("dc0", got.DC0, want.DC0, b.backward, &worst.backward)
	check("dkernel", got.DKernel, want.DKernel, b.backward, &worst.backward)
	check("drecurrent_kernel", got.DRecurrent, want.DRecurrent, b.backward, &worst.backward)
	check("dbias", got.DBias, want.DBias, b.backward, &worst.backward)
	return worst, errors.Join(errs...)
}

// distance is the Euclidean norm of got − want over that of want or, where want
// is 0, itself. It is NaN if either has one.
func distance(got, want []float64) float64 {
	difference, size := 0.0, 0.0
	for i, w := range want {
		difference = math.Hypot(difference, got[i]-w)
		size = math.Hypot(size, w)
	}
	if size == 0 {
		return difference
	}
	return difference / size
}
