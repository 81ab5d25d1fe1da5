package nn

import (
	"fmt"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestAllSizes tries every pair of wrong, awkward and large sizes: a Dense, an Embedding, their
// gradients and a Backward are errors or take a few times as much memory as the weights.
func TestAllSizes(t *testing.T) {
	for _, a := range testkit.Sizes {
		for _, b := range testkit.Sizes {
			var d *Dense
			bytes, name := 4*testkit.Product(a, b), fmt.Sprintf(" of %d and %d", a, b)
			testkit.Sized(t, "NewEmbedding"+name, bytes, func() error { _, err := NewEmbedding(a, b); return err })
			testkit.Sized(t, "NewDense"+name, bytes, func() (err error) { d, err = NewDense(a, b); return err })
			if d == nil {
				continue
			}
			params, x, y := d.Params("dense"), make([]float32, a), make([]float32, b)
			testkit.Sized(t, "gradients"+name, bytes, func() error { params = params.WithGradients(); return nil })
			testkit.Sized(t, "Forward and Backward"+name, bytes, func() error {
				testkit.Check(d.Forward(x, y))
				return d.Backward(x, y, x, params)
			})
			testkit.Sized(t, "an update"+name, 2*bytes, func() error { return NewAdam(0).Step(params) })
		}
	}
}
