package runtime

import "fmt"

// Dense is the projection y = x·W + b of rows of D = input values to rows of
// O = output values, with W [D][O] and b [O].
type Dense struct {
	input, output int
	kernel, bias  []float32
}

// NewDense returns a projection whose W is Glorot uniform, within ±√(6/(D+O)),
// and whose b is zero.
//
// It is an error if a size is below 1 or their product too large.
func NewDense(input, output int, options ...Option) (*Dense, error) {
	d := &Dense{input: input, output: output}
	err := checkPositive("input", input)
	if err == nil {
		err = checkPositive("output", output)
	}
	if err == nil {
		err = allocate([]allocation{
			{&d.kernel, []int{input, output}},
			{&d.bias, []int{output}},
		})
	}
	if err != nil {
		return nil, fmt.Errorf("runtime: NewDense: %w", err)
	}
	glorot(newOptions(options).random(), d.matrix(d.kernel), input, output)
	return d, nil
}

// Input returns D.
func (d *Dense) Input() int { return d.input }

// Output returns O.
func (d *Dense) Output() int { return d.output }

// Forward writes x·W + b to y [rows][O] for x [rows][D]. x and y must not
// overlap.
func (d *Dense) Forward(x, y []float32) error {
	rows, err := d.check(x, "y", y)
	if err != nil {
		return fmt.Errorf("runtime: Dense Forward: %w", err)
	}
	for i := range rows {
		copy(y[i*d.output:(i+1)*d.output], d.bias)
	}
	mulAdd(matrix{y, rows, d.output, d.output}, matrix{x, rows, d.input, d.input}, d.matrix(d.kernel))
	return nil
}

// Backward takes the cotangents dy [rows][O] of y and the same x [rows][D] as
// Forward. dx [rows][D] is overwritten with the cotangents of x, nil if not
// wanted; it may be x, and must not overlap dy; the gradients of W and b are added to g.
func (d *Dense) Backward(x, dy, dx []float32, g *DenseGradients) error {
	rows, err := d.checkBackward(x, dy, dx, g)
	if err != nil {
		return fmt.Errorf("runtime: Dense Backward: %w", err)
	}
	dyRows := matrix{dy, rows, d.output, d.output}
	for i := 0; i < rows; i += denseRows {
		n := min(denseRows, rows-i)
		xt := matrix{g.xt, d.input, n, denseRows}
		transpose(xt, matrix{x, rows, d.input, d.input}.block(i, n))
		mulAdd(d.matrix(g.kernel), xt, dyRows.block(i, n))
	}
	addRows(g.bias, dyRows)
	if dx != nil {
		clear(dx)
		transposed := matrix{g.transposed, d.output, d.input, d.input}
		transpose(transposed, d.matrix(d.kernel))
		mulAdd(matrix{dx, rows, d.input, d.input}, dyRows, transposed)
	}
	return nil
}

// DenseGradients are the gradients of W and b, which Backward adds to.
type DenseGradients struct {
	dense        *Dense
	kernel, bias []float32
	transposed   []float32 // Wᵀ, as Backward needs it
	xt           []float32 // [D][denseRows], some rows of x transposed
}

// denseRows is how many rows of x are transposed at a time.
const denseRows = 256

// NewGradients returns gradients of zero.
func (d *Dense) NewGradients() *DenseGradients {
	n := len(d.kernel)
	return &DenseGradients{d, alignedFloats(n), alignedFloats(len(d.bias)), alignedFloats(n), alignedFloats(d.input * denseRows)}
}

// Zero clears the gradients.
func (g *DenseGradients) Zero() {
	clear(g.kernel)
	clear(g.bias)
}

// Params returns W [D][O] and b [O] with their gradients in g, which may be nil.
// It panics if g is another Dense's.
func (d *Dense) Params(g *DenseGradients) []Param {
	kernel := Param{Name: "dense.kernel", Value: d.kernel}
	bias := Param{Name: "dense.bias", Value: d.bias}
	if g != nil {
		if err := d.checkGradients(g); err != nil {
			panic(fmt.Errorf("runtime: Dense Params: %w", err))
		}
		kernel.Grad, bias.Grad = g.kernel, g.bias
	}
	return []Param{kernel, bias}
}

func (d *Dense) matrix(kernel []float32) matrix {
	return matrix{kernel, d.input, d.output, d.output}
}

// check returns the number of rows.
func (d *Dense) check(x []float32, name string, y []float32) (int, error) {
	rows, err := checkRows("x", len(x), "rows·input", d.input)
	if err != nil {
		return 0, err
	}
	if err := checkLen(name, len(y), "rows·output", rows, d.output); err != nil {
		return 0, err
	}
	return rows, checkApart(array{"x", x}, array{name, y})
}

func (d *Dense) checkBackward(x, dy, dx []float32, g *DenseGradients) (int, error) {
	rows, err := d.check(x, "dy", dy)
	if err != nil {
		return 0, err
	}
	if dx != nil {
		if err := checkLen("dx", len(dx), "rows·input", rows, d.input); err != nil {
			return 0, err
		}
		if err := checkApart(array{"dy", dy}, array{"dx", dx}); err != nil {
			return 0, err
		}
	}
	return rows, d.checkGradients(g)
}

func (d *Dense) checkGradients(g *DenseGradients) error {
	switch {
	case g == nil:
		return fmt.Errorf("gradients %w", errNil)
	case g.dense != d:
		return errForeign("gradients")
	}
	return nil
}
