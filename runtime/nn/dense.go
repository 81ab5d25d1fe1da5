package nn

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Dense is the projection y = x·W + b, from rows of D = input values to rows of O = output
// values, with W [D][O] and b [O].
type Dense struct {
	input, output int
	kernel, bias  []float32
	exposed       []check.Array // kernel and bias, which Params hands out: no result may overwrite them
	scratch       sync.Pool     // of *scratch: as many as goroutines go back at once
}

// NewDense returns a projection whose W is Glorot uniform, within ±√(6/(D+O)) (Glorot &
// Bengio 2010, formula 16), and whose b is zero.
//
// It is an error if a size is below 1 or the product of the sizes too large, or as
// [runtime.CheckEnvironment] says.
func NewDense(input, output int, options ...Option) (*Dense, error) {
	d := &Dense{input: input, output: output}
	err := machine.Environment()
	if err == nil {
		err = check.Positive("input", input)
	}
	if err == nil {
		err = check.Positive("output", output)
	}
	if err == nil {
		err = matrix.Allocate([]matrix.Allocation{
			{Array: &d.kernel, Sizes: []int{input, output}},
			{Array: &d.bias, Sizes: []int{output}},
		})
	}
	if err != nil {
		return nil, fmt.Errorf("nn: NewDense: %w", err)
	}
	d.exposed = []check.Array{check.Of("kernel", d.kernel), check.Of("bias", d.bias)}
	initial.Glorot(random(options), d.matrix(d.kernel), input, output)
	return d, nil
}

// Input returns D, the input width.
func (d *Dense) Input() int { return d.input }

// Output returns O, the output width.
func (d *Dense) Output() int { return d.output }

// Forward writes x·W + b to y [rows][O], for x [rows][D]. The number of rows follows from
// the length of x.
//
// It is an error, and nothing changes, if a size does not fit, or if y overlaps x, W or b.
func (d *Dense) Forward(x, y []float32) error {
	rows, err := d.check(x, "y", y)
	if err == nil {
		err = check.Of("y", y).ApartFrom(d.exposed)
	}
	if err != nil {
		return fmt.Errorf("nn: Dense Forward: %w", err)
	}
	for i := range rows {
		copy(y[i*d.output:(i+1)*d.output], d.bias)
	}
	gemm.MulAdd(matrix.New(y, rows, d.output), matrix.New(x, rows, d.input), d.matrix(d.kernel))
	return nil
}

// Backward takes the x [rows][D] of Forward and the cotangents dy [rows][O] of y, and adds
// the gradients of W and b to those in params, which may have the parameters of other
// parts of the model too. dx [rows][D] is overwritten with the cotangents of x; it is nil
// if they are not wanted, and may overlap x. x has no part in the gradients in a row whose
// cotangents are all below 2⁻⁹⁵, even if it is NaN there.
//
// It is an error, and nothing changes, if a size does not fit, if dy overlaps x or dx, if dx
// overlaps W or b, or if params has no gradients of this Dense, or they overlap another array
// or are in use by another goroutine.
func (d *Dense) Backward(x, dy, dx []float32, params runtime.Params) error {
	rows, err := d.checkBackward(x, dy, dx)
	kernel, bias := params.Gradient(d.kernel), params.Gradient(d.bias)
	if err == nil {
		err = d.checkGradients(kernel, bias, x, dy, dx)
	}
	if err == nil {
		err = params.Acquire(d.kernel, d.bias)
	}
	if err != nil {
		return fmt.Errorf("nn: Dense Backward: %w", err)
	}
	defer params.Release(d.kernel, d.bias)
	s := d.takeScratch(dx != nil)
	defer d.scratch.Put(s)
	dyRows, most := matrix.New(dy, rows, d.output), d.rowsAtOnce()
	for i := 0; i < rows; i += most {
		n := min(most, rows-i)
		xt := matrix.Strided(s.xt, d.input, n, most)
		gemm.Transpose(xt, matrix.New(x, rows, d.input).Block(i, n))
		clearUnwanted(xt, dyRows.Block(i, n))
		gemm.MulAdd(d.matrix(kernel), xt, dyRows.Block(i, n))
	}
	gemm.AddRows(bias, dyRows)
	if dx != nil {
		clear(dx)
		transposed := matrix.New(s.transposed, d.output, d.input)
		gemm.Transpose(transposed, d.matrix(d.kernel))
		gemm.MulAdd(matrix.New(dx, rows, d.input), dyRows, transposed)
	}
	return nil
}

// clearUnwanted clears the columns of xᵀ of rows without a cotangent: x may be NaN there.
func clearUnwanted(xt, dy matrix.Float) {
	for row := range dy.Rows {
		if !slices.ContainsFunc(dy.Row(row), matrix.Counts) {
			for i := range xt.Rows {
				xt.Row(i)[row] = 0
			}
		}
	}
}

// takeScratch returns scratch memory, with room for Wᵀ if need be.
func (d *Dense) takeScratch(transposed bool) *scratch {
	s, _ := d.scratch.Get().(*scratch)
	if s == nil {
		s = &scratch{xt: matrix.Floats(d.input * d.rowsAtOnce())}
	}
	if transposed && s.transposed == nil {
		s.transposed = matrix.Floats(len(d.kernel))
	}
	return s
}

// scratch is what a Backward takes: some rows of x transposed, and Wᵀ.
type scratch struct{ xt, transposed []float32 }

// denseRows is how many rows of x are transposed at a time, at most, and denseValues
// how many values of them if rows are long.
const (
	denseRows   = 256
	denseValues = 1 << 18
)

// rowsAtOnce returns how many rows of x are transposed at a time.
func (d *Dense) rowsAtOnce() int { return min(denseRows, max(1, denseValues/d.input)) }

// Params returns W and b, without gradients. Given a path such as head they are named
// head.kernel [D][O] and head.bias [O]. The arrays are the projection's own, not copies.
func (d *Dense) Params(path string) runtime.Params {
	return runtime.Params{
		{Name: path + ".kernel", Shape: []int{d.input, d.output}, Value: d.kernel},
		{Name: path + ".bias", Shape: []int{d.output}, Value: d.bias},
	}
}

func (d *Dense) matrix(kernel []float32) matrix.Float {
	return matrix.New(kernel, d.input, d.output)
}

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

func (d *Dense) checkBackward(x, dy, dx []float32) (int, error) {
	rows, err := d.check(x, "dy", dy)
	if err != nil {
		return 0, err
	}
	if dx != nil {
		if err := check.Len("dx", len(dx), "rows·input", rows, d.input); err != nil {
			return 0, err
		}
		if err := check.Apart(check.Of("dy", dy), check.Of("dx", dx)); err != nil {
			return 0, err
		}
	}
	return rows, check.Of("dx", dx).ApartFrom(d.exposed)
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
