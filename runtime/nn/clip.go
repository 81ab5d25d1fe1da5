package nn

import (
	"errors"
	"fmt"
	"math"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
)

// ErrNotFinite is the error for gradients whose norm is NaN or infinite.
var ErrNotFinite = errors.New("norm of the gradients is not finite")

// ClipGradients returns norm, the Euclidean norm of all gradients together, and, if norm is
// above maxNorm, scales all gradients by maxNorm/norm (Pascanu et al. 2013, Algorithm 1). A
// maxNorm of +Inf only returns the norm.
//
// If the norm is not finite, the error wraps [ErrNotFinite] and the gradients are unchanged:
// the caller may skip the update. It is also an error if maxNorm is below 2⁻¹²⁶ or NaN, or
// if a parameter has no gradients, or two have the same, or another goroutine uses them.
func ClipGradients(params runtime.Params, maxNorm float64) (norm float64, err error) {
	if err := checkPositive("maxNorm", maxNorm, math.Inf(1)); err != nil {
		return 0, fmt.Errorf("nn: ClipGradients: %w", err)
	}
	if err := checkApart(params); err != nil {
		return 0, fmt.Errorf("nn: ClipGradients: %w", err)
	}
	if err := params.Acquire(); err != nil {
		return 0, fmt.Errorf("nn: ClipGradients: %w", err)
	}
	defer params.Release()
	var sum float64
	for _, p := range params.Distinct() {
		for _, g := range p.Grad {
			sum += float64(g) * float64(g)
		}
	}
	norm = math.Sqrt(sum)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("nn: ClipGradients: %w: %v", ErrNotFinite, norm)
	}
	if norm <= maxNorm {
		return norm, nil
	}
	scale := maxNorm / norm
	for _, p := range params.Distinct() {
		for i, g := range p.Grad {
			p.Grad[i] = float32(scale * float64(g))
		}
	}
	return norm, nil
}

// checkApart returns an error unless all parameters have gradients of their own, as far as they
// have values of their own.
func checkApart(params runtime.Params) error {
	for i, p := range params {
		if len(p.Grad) != len(p.Value) {
			return noGradients(p)
		}
		for _, other := range params[:i] {
			if p.Name != other.Name && shared(p.Value, other.Value) && shared(p.Grad, other.Grad) {
				continue
			}
			if check.Overlap(p.Grad, other.Grad) {
				return fmt.Errorf("gradients of %s overlap gradients of %s", p.Name, other.Name)
			}
		}
	}
	return nil
}

// shared reports whether two arrays are one.
func shared(a, b []float32) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }
