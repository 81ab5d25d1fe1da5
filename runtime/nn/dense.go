package nn

import (
	"fmt"
	"slices"
	"sync"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
)

// Dense is the projection y = x·W + b, from rows of D = input values to rows of O = output
// values, with W [D][O] and b [O].
type Dense struct {
	input, output int
	kernel, bias  []float32
	tied          bool          // whether kernel is Wᵀ [O][D], the table of an embedding
	exposed       []check.Array // kernel and bias, which Params hands out: no result may overwrite them
	scratch       sync.Pool     // of *scratch: as many as goroutines go back at once
}

// NewDense returns a projection whose W is Glorot uniform, within ±√(6/(D+O)) (Glorot &
// Bengio 2010, formula 16), and whose b is zero, unless [Initial] or [Like] say otherwise.
//
// It is an error if a size is below 1 or the product of the sizes too large, if an option is
// wrong, or as [runtime.CheckEnvironment] says.
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
	if o := newOptions(options); err == nil {
		err = o.draw(d.drawn()...)
	}
	if err != nil {
		return nil, fmt.Errorf("nn: NewDense: %w", err)
	}
	d.exposed = []check.Array{check.Of("kernel", d.kernel), check.Of("bias", d.bias)}
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
	_, err := d.check(x, "y", y)
	if err == nil {
		err = check.Of("y", y).ApartFrom(d.exposed)
	}
	if err != nil {
		return fmt.Errorf("nn: Dense Forward: %w", err)
	}
	if !d.tied {
		d.forward(nil, x, y)
		return nil
	}
	s := d.takeScratch(true)
	defer d.scratch.Put(s)
	d.forward(s, x, y)
	return nil
}

// forward needs scratch memory if the kernel is tied.
func (d *Dense) forward(s *scratch, x, y []float32) {
	rows := len(x) / d.input
	if d.tied {
		d.forwardTied(s, matrix.New(x, rows, d.input), matrix.New(y, rows, d.output))
		return
	}
	for i := range rows {
		copy(y[i*d.output:(i+1)*d.output], d.bias)
	}
	gemm.MulAdd(matrix.New(y, rows, d.output), matrix.New(x, rows, d.input), d.matrix(d.kernel))
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
	err := d.checkBackward(x, dy, dx)
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
	d.backward(s, x, dy, dx, kernel, bias)
	return nil
}

// backward adds to the gradients of kernel and bias.
func (d *Dense) backward(s *scratch, x, dy, dx, kernel, bias []float32) {
	rows := len(x) / d.input
	xRows, dyRows := matrix.New(x, rows, d.input), matrix.New(dy, rows, d.output)
	for i := 0; i < rows; i += s.rows {
		n := min(s.rows, rows-i)
		if d.tied {
			d.addTied(s, xRows.Block(i, n), dyRows.Block(i, n), d.matrix(kernel))
			continue
		}
		xt := matrix.Strided(s.x, d.input, n, s.rows)
		gemm.Transpose(xt, xRows.Block(i, n))
		clearUnwanted(xt, dyRows.Block(i, n))
		gemm.MulAdd(d.matrix(kernel), xt, dyRows.Block(i, n))
	}
	gemm.AddRows(bias, dyRows)
	if dx == nil {
		return
	}
	clear(dx)
	transposed := d.matrix(d.kernel)
	if !d.tied {
		transposed = matrix.New(s.other, d.output, d.input)
		gemm.Transpose(transposed, d.matrix(d.kernel))
	}
	gemm.MulAdd(matrix.New(dx, rows, d.input), dyRows, transposed)
}

// clearUnwanted clears the columns of xᵀ of rows without a cotangent: x may be NaN there.
func clearUnwanted(xt, dy matrix.Float) {
	for row := range dy.Rows {
		if !wanted(dy.Row(row)) {
			for i := range xt.Rows {
				xt.Row(i)[row] = 0
			}
		}
	}
}

// wanted reports whether a row has a cotangent that counts.
func wanted(dy []float32) bool { return slices.ContainsFunc(dy, matrix.Counts) }

// Params returns W and b, without gradients. Given a path such as head they are named
// head.kernel [D][O] and head.bias [O]. The arrays are the projection's own, not copies.
func (d *Dense) Params(path string) runtime.Params {
	kernel := runtime.Param{Name: path + ".kernel", Shape: []int{d.input, d.output}, Value: d.kernel}
	if d.tied {
		kernel.Name, kernel.Shape = path+".table", []int{d.output, d.input}
	}
	return runtime.Params{kernel, {Name: path + ".bias", Shape: []int{d.output}, Value: d.bias}}
}

// matrix returns kernel, or an array like it, as it is stored.
func (d *Dense) matrix(kernel []float32) matrix.Float {
	if d.tied {
		return matrix.New(kernel, d.output, d.input)
	}
	return matrix.New(kernel, d.input, d.output)
}
