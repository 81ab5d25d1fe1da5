package gen

import (
	"fmt"
	"math"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/soak"
)

// TestGradients compares, for random cells, the gradient in each of the inputs
// with central differences of the loss Σ DH·h + Σ DC·c_T along a random
// direction. The bound is 1e-6, relative to max(1, |derivative|): with a step of
// 1e-5 and directions of at most 50 elements, truncation is the larger error.
func TestGradients(t *testing.T) {
	const step, bound = 1e-5, 1e-6
	worst := 0.0
	for trial := range soak.Cases(200, 2000) {
		r := draw(1, trial)
		leaves := 1 + trial%16
		c := cell.Random(r, leaves)
		f := Define(spec(c))
		in, out := smooth(t, r, f, func() *interp.Inputs { return randomInputs(r, leaves, 2, 1, 3, 2, trial%2 == 0) }, leaves)
		for _, g := range []struct {
			name        string
			x, gradient []float64
		}{
			{"x", in.X, out.DX},
			{"h0", in.H0, out.DH0},
			{"c0", in.C0, out.DC0},
			{"kernel", in.Kernel, out.DKernel},
			{"recurrent", in.Recurrent, out.DRecurrent},
			{"bias", in.Bias, out.DBias},
		} {
			if len(g.gradient) != len(g.x) {
				t.Fatalf("%s: the gradient in %s has %d elements, not %d", c, g.name, len(g.gradient), len(g.x))
			}
			direction := floats(r, len(g.x))
			got := dot(g.gradient, direction)
			up := along(g.x, direction, step, func() float64 { return loss(in, interp.Run(f, leaves, in)) })
			down := along(g.x, direction, -step, func() float64 { return loss(in, interp.Run(f, leaves, in)) })
			want := (up - down) / (2 * step)
			e := math.Abs(got-want) / max(1, math.Abs(want))
			worst = max(worst, e)
			if !(e <= bound) {
				t.Errorf("trial %d, %s: along %s the gradient is %v, differences say %v", trial, c, g.name, got, want)
			}
		}
	}
	t.Logf("largest relative error %.1e, bound %.0e", worst, bound)
}

func loss(in *interp.Inputs, out *interp.Outputs) float64 {
	last := out.C[len(out.C)-len(in.DC):]
	return dot(in.DH, out.H) + dot(in.DC, last)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// along calls f with x moved, and moves x back.
func along(x, direction []float64, step float64, f func() float64) float64 {
	back := append([]float64(nil), x...)
	defer copy(x, back)
	for i := range x {
		x[i] += step * direction[i]
	}
	return f()
}

// TestTies runs one unit for one step, where x·W and h·U are both 1, or both 0:
// max gives half of the cotangent to each side, relu at 0 gives nothing.
func TestTies(t *testing.T) {
	for _, c := range []struct {
		tokens          string
		x, u            float64 // x·W with W = 1, and U with h = 1
		dx, dh, du, dwt float64
	}{
		{"max identity add identity 0 0", 1, 1, 0.5, 0.5, 0.5, 0.5},
		{"max identity add identity 0 0", 1, 1 + 1e-12, 0, 1, 1, 0},
		{"max identity add identity 0 0", 0, 0, 0.5, 0, 0.5, 0},
		{"add relu add identity 0 0", 1, -1, 0, 0, 0, 0},
		{"add relu add identity 0 0", 1, -1 + 1e-12, 1, -1, 1, 1},
		{"mul relu add identity 0 0", 0, 0, 0, 0, 0, 0},
	} {
		in := &interp.Inputs{
			Steps: 1, Batch: 1, Input: 1, Hidden: 1,
			X: []float64{c.x}, H0: []float64{1}, C0: []float64{0}, Kernel: []float64{1}, Recurrent: []float64{c.u},
			DH: []float64{1}, DC: []float64{0},
		}
		out := interp.Run(Define(spec(mustParse(t, c.tokens))), 1, in)
		for _, g := range []struct {
			name      string
			got, want float64
		}{
			{"dx", out.DX[0], c.dx},
			{"dh0", out.DH0[0], c.dh},
			{"drecurrent", out.DRecurrent[0], c.du},
			{"dkernel", out.DKernel[0], c.dwt},
		} {
			if math.Abs(g.got-g.want) > 1e-11 {
				t.Errorf("%s with x·W = %v, h·U = %v: %s is %v, want %v", c.tokens, c.x, c.u, g.name, g.got, g.want)
			}
		}
	}
}

// TestNaNPropagates poisons one input: everything that it reaches is NaN, in the
// state and in the gradients, whatever the operators.
func TestNaNPropagates(t *testing.T) {
	for trial := range 50 {
		r := draw(2, trial)
		leaves := 1 + trial%8
		c := cell.Random(r, leaves)
		in := randomInputs(r, leaves, 1, 2, 2, 2, false)
		in.X[0] = math.NaN() // of the first row
		out := interp.Run(Define(spec(c)), leaves, in)
		for u := range in.Hidden {
			if h := out.H[u]; !math.IsNaN(h) {
				t.Errorf("%s: h of the poisoned row is %v", c, h)
			}
			if h := out.H[in.Hidden+u]; math.IsNaN(h) {
				t.Errorf("%s: h of the other row is %v", c, h)
			}
		}
	}
}

// TestTensorFlowAddons has the numbers of the NASCell test of TensorFlow Addons.
func TestTensorFlowAddons(t *testing.T) {
	const units, batch, width, bound = 6, 3, 4, 1e-6
	in := &interp.Inputs{
		Steps: 1, Batch: batch, Input: width, Hidden: units,
		X: make([]float64, batch*width), H0: constant(batch*units, 0.1), C0: constant(batch*units, 0.1),
		Kernel: constant(width*8*units, 0.5), Recurrent: constant(units*8*units, 0.5),
		DH: make([]float64, batch*units), DC: make([]float64, batch*units),
	}
	for i := range in.X {
		in.X[i] = float64(1 + i/width)
	}
	wantH := []float64{0.576751, 0.618936, 0.627393}
	wantC := []float64{0.7157977, 0.7804162, 0.7945764}
	c := mustParse(t, nasTokens)
	out := interp.Run(Define(spec(c)), c.Leaves(), in)
	for i := range out.H {
		row := fmt.Sprintf("unit %d of row %d", i%units, i/units)
		if got, want := out.H[i], wantH[i/units]; !(math.Abs(got-want) <= bound) {
			t.Errorf("h of %s is %v, want %v", row, got, want)
		}
		if got, want := out.C[i], wantC[i/units]; !(math.Abs(got-want) <= bound) {
			t.Errorf("c of %s is %v, want %v", row, got, want)
		}
	}
}

func constant(n int, c float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = c
	}
	return x
}
