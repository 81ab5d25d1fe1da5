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
	forwardBound    = 2e-6  // generated float32 code, states
	backwardBound   = 2e-5  // generated float32 code, gradients
)

// bounds are those of a comparison: of states, and of gradients.
type bounds struct{ forward, backward float64 }

// compare returns the largest relative errors of states and of gradients, and
// an error that names every array out of bounds.
func compare(got, want *interp.Outputs, b bounds) (bounds, error) {
	return doubts(nil).compare(got, want, b)
}

// compare compares within bounds that doubts widen.
func (d doubts) compare(got, want *interp.Outputs, b bounds) (worst bounds, err error) {
	var errs []error
	arrays, all := got.All(), want.All()
	for i := range all {
		bound, most := b.forward*d.of(i), &worst.forward
		if i >= len(all)-len(want.Gradients) {
			bound, most = b.backward*d.of(i), &worst.backward
		}
		errs = append(errs, pairs(arrays[i:i+1], all[i:i+1], func(got, want []float64) error {
			e := distance(got, want)
			*most = math.Max(*most, e)
			if !(e <= bound) {
				return fmt.Errorf("is off by %.3g of its norm, more than %.0e", e, bound)
			}
			return nil
		}))
	}
	return worst, errors.Join(errs...)
}

// pairs compares the arrays of two lists of one cell. Different lengths, and what
// compare finds wrong, are errors that name the array.
func pairs(got, want interp.Arrays, compare func(got, want []float64) error) error {
	var errs []error
	for i, w := range want {
		if g := got[i]; len(g.Data) != len(w.Data) {
			errs = append(errs, fmt.Errorf("%s has %d values, want %d", w.Name, len(g.Data), len(w.Data)))
		} else if err := compare(g.Data, w.Data); err != nil {
			errs = append(errs, fmt.Errorf("%s %w", w.Name, err))
		}
	}
	return errors.Join(errs...)
}

// distance is the Euclidean norm of got − want over that of want or, where want
// is 0, itself. It is NaN if either has one. Equal infinities do not count.
func distance(got, want []float64) float64 {
	difference, size := 0.0, 0.0
	for i, w := range want {
		if math.IsInf(w, 0) && got[i] == w { // as a state that begins at −inf may be
			continue
		}
		difference = math.Hypot(difference, got[i]-w)
		size = math.Hypot(size, w)
	}
	if size == 0 {
		return difference
	}
	return difference / size
}
