package runtime

import (
	"errors"
	"fmt"
	"math"
)

// ErrNotFinite is the error of gradients whose norm is NaN or infinite.
var ErrNotFinite = errors.New("norm of the gradients is not finite")

// ClipGradients scales all gradients by maxNorm/norm if norm, the Euclidean norm
// of all of them together, is above maxNorm (Pascanu et al. 2013, Algorithm 1),
// and returns the norm before. If that is not finite, the gradients are left as
// they are and the error wraps ErrNotFinite: the caller may skip the update.
func ClipGradients(params []Param, maxNorm float64) (norm float64, err error) {
	if !(maxNorm > 0) {
		return 0, fmt.Errorf("runtime: ClipGradients: maximal norm is %v, want above 0", maxNorm)
	}
	var sum float64
	for _, p := range params {
		for _, g := range p.Grad {
			sum += float64(g) * float64(g)
		}
	}
	norm = math.Sqrt(sum)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, fmt.Errorf("runtime: ClipGradients: %w: %v", ErrNotFinite, norm)
	}
	if norm <= maxNorm {
		return norm, nil
	}
	scale := maxNorm / norm
	for _, p := range params {
		for i, g := range p.Grad {
			p.Grad[i] = float32(scale * float64(g))
		}
	}
	return norm, nil
}
