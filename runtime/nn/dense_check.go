package nn

import (
	"errors"

	"github.com/cellgen/cellgen/runtime/internal/check"
)

// check returns the number of rows of x and y.
func (d *Dense) check(x []float32, name string, y []float32) (int, error) {
	rows, err := check.Rows("x", len(x), "rows·input", d.input)
	if err != nil {
		return 0, err
	}
	if err := check.Len(name, len(y), "rows·output", rows, d.output); err != nil {
		return 0, err
	}
	return rows, check.Apart(check.Of("x", x), check.Of(name, y))
}

func (d *Dense) checkBackward(x, dy, dx []float32) error {
	rows, err := d.check(x, "dy", dy)
	if err != nil {
		return err
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "rows·input", rows, d.input); err != nil {
			return err
		}
		if err := check.Apart(check.Of("dy", dy), check.Of("dx", dx)); err != nil {
			return err
		}
	}
	return check.Of("dx", dx).ApartFrom(d.exposed)
}

func (d *Dense) checkGradients(kernel, bias, x, dy, dx []float32) error {
	if kernel == nil || bias == nil {
		return errors.New("the parameters have no gradients of this Dense")
	}
	others := []check.Array{check.Of("x", x), check.Of("dy", dy), check.Of("dx", dx)}
	ofKernel, ofBias := check.Of("gradients of kernel", kernel), check.Of("gradients of bias", bias)
	return errors.Join(ofKernel.ApartFrom(others), ofBias.ApartFrom(others), check.Apart(ofKernel, ofBias),
		ofKernel.ApartFrom(d.exposed), ofBias.ApartFrom(d.exposed))
}
