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
	err = pairs(got, want, func(gradient bool, got, want []float64) error {
		bound, most := b.forward, &worst.forward
		if gradient {
			bound, most = b.backward, &worst.backward
		}
		e := distance(got, want)
		*most = math.Max(*most, e)
		if !(e <= bound) {
			return fmt.Errorf("is off by %.3g of its norm, more than %.0e", e, bound)
		}
		return nil
	})
	return worst, err
}

// pairs compares all arrays of two runs. Different lengths, and what compare finds
// wrong, are errors that name the array.
func pairs(got, want *interp.Outputs, compare func(gradient bool, got, want []float64) error) error {
	var errs []error
	for _, array := range []struct {
		name      string
		gradient  bool
		got, want []float64
	}{
		{"h", false, got.H, want.H},
		{"c", false, got.C, want.C},
		{"dx", true, got.DX, want.DX},
		{"dh0", true, got.DH0, want.DH0},
		{"dc0", true, got.DC0, want.DC0},
		{"dkernel", true, got.DKernel, want.DKernel},
		{"drecurrent_kernel", true, got.DRecurrent, want.DRecurrent},
		{"dbias", true, got.DBias, want.DBias},
	} {
		if len(array.got) != len(array.want) {
			errs = append(errs, fmt.Errorf("%s has %d values, want %d", array.name, len(array.got), len(array.want)))
		} else if err := compare(array.gradient, array.got, array.want); err != nil {
			errs = append(errs, fmt.Errorf("%s %w", array.name, err))
		}
	}
	return errors.Join(errs...)
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
