package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// rounding bounds the maximum norm of a float32 result against the float64 one,
// relative to the result: about 50 units of 2⁻²⁴.
const rounding = 3e-6

// TestDense compares with sums in float64: forward, and the gradients of dy·y, which are sums
// too, as it is linear in each argument.
func TestDense(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for _, input := range testkit.Awkward {
		for _, output := range append(testkit.Awkward, 200) {
			for _, rows := range append(testkit.Awkward, 70) {
				x, dy := testkit.Randoms(random, rows*input), testkit.Randoms(random, rows*output)
				kernel, bias := testkit.Randoms(random, input*output), testkit.Randoms(random, output)
				y, dx := make([]float64, rows*output), make([]float64, rows*input)
				dkernel, dbias := make([]float64, input*output), make([]float64, output)
				for i := range rows {
					for o := range output {
						y[i*output+o] = bias[o]
						dbias[o] += dy[i*output+o]
						for d := range input {
							y[i*output+o] += x[i*input+d] * kernel[d*output+o]
							dx[i*input+d] += dy[i*output+o] * kernel[d*output+o]
							dkernel[d*output+o] += dy[i*output+o] * x[i*input+d]
						}
					}
				}
				layer := testkit.Must(NewDense(input, output))
				params := layer.Params("dense").WithGradients()
				copy(params[0].Value, testkit.To32(kernel))
				copy(params[1].Value, testkit.To32(bias))
				gotY, gotDx := testkit.Garbage(len(y)), testkit.Garbage(len(dx))
				testkit.Check(layer.Forward(testkit.To32(x), gotY))
				testkit.Check(layer.Backward(testkit.To32(x), testkit.To32(dy), gotDx, params))
				testkit.CheckClose(t, "y", gotY, y, rounding)
				testkit.CheckClose(t, "dx", gotDx, dx, rounding)
				testkit.CheckClose(t, "dkernel", params[0].Grad, dkernel, rounding)
				testkit.CheckClose(t, "dbias", params[1].Grad, dbias, rounding)
			}
		}
	}
}

// TestDenseExport takes weights out, of which the caller may do what it likes, and in
// again, if they are as many.
func TestDenseExport(t *testing.T) {
	d := testkit.Must(NewDense(3, 2))
	w := d.Params("d")[0]
	before := slices.Clone(w.Value)
	out := testkit.Must(w.Export(w.Value))
	testkit.CheckEqual(t, "exported", out, before)
	out[0]++
	testkit.CheckEqual(t, "W", w.Value, before)
	testkit.Check(w.Import(w.Value, out))
	testkit.CheckEqual(t, "imported", w.Value, out)
	testkit.CheckError(t, w.Import(w.Value, out[1:]), "runtime: d.kernel Import: outside has 5 values, want Shape = 3·2")
	testkit.CheckError(t, w.Import(w.Value[1:], out), "runtime: d.kernel Import: values has 5 values, want len(Value) = 6")
	_, err := w.Export(w.Value[1:])
	testkit.CheckError(t, err, "runtime: d.kernel Export: values has 5 values, want len(Value) = 6")
}

func TestDenseAccumulatesAndChecks(t *testing.T) {
	d := testkit.Must(NewDense(2, 3))
	if d.Input() != 2 || d.Output() != 3 {
		t.Error("sizes")
	}
	g := d.Params("dense").WithGradients()
	for range 2 {
		testkit.Check(d.Backward([]float32{1, 2}, []float32{3, 4, 5}, nil, g))
	}
	testkit.CheckEqual(t, "dkernel", g[0].Grad, []float32{6, 8, 10, 12, 16, 20})
	testkit.CheckEqual(t, "dbias", g[1].Grad, []float32{6, 8, 10})
	g.Zero()
	testkit.CheckEqual(t, "dkernel", g[0].Grad, make([]float32, 6))

	v := func(n int) []float32 { return make([]float32, n) }
	x, dy, dx := v(6), v(9), v(6)
	checkError(t, d.Forward(v(3), v(3)), "Dense Forward: x has 3 values, want rows·input = rows·2")
	checkError(t, d.Forward(nil, nil), "x has 0 values")
	checkError(t, d.Forward(v(4), v(5)), "y has 5 values, want rows·output = 2·3")
	checkError(t, d.Backward(v(4), v(5), nil, g), "Dense Backward: dy has 5 values")
	checkError(t, d.Backward(v(4), v(6), v(2), g), "dx has 2 values, want rows·input = 2·2")
	for _, overlap := range [][]float32{x, dy, dx, g[0].Value} {
		p := d.Params("dense").WithGradients()
		p[0].Grad = overlap[:6]
		checkError(t, d.Backward(x, dy, dx, p), "gradients of kernel overlaps")
	}
	short := d.Params("dense").WithGradients()
	short[0].Grad = short[0].Grad[:5]
	checkError(t, d.Backward(x, dy, dx, short), "the parameters have no gradients of this Dense")
	checkError(t, d.Backward(v(4), v(6), nil, nil), "the parameters have no gradients of this Dense")
	checkError(t, d.Backward(v(4), v(6), nil, testkit.Must(NewDense(2, 3)).Params("dense").WithGradients()), "the parameters have no gradients of this Dense")
}

// TestDenseLeavesOutRows gives rows without cotangents an x that is NaN or infinite: the
// gradients must be those with zeros there.
func TestDenseLeavesOutRows(t *testing.T) {
	const rows, input, output = 300, 5, 3
	random := rand.New(rand.NewPCG(3, 6))
	layer := testkit.Must(NewDense(input, output))
	x, dy := testkit.To32(testkit.Randoms(random, rows*input)), testkit.To32(testkit.Randoms(random, rows*output))
	var results [2]runtime.Params
	for i, bad := range []float64{0, math.Inf(1)} {
		for row := 0; row < rows; row += 7 {
			clear(dy[row*output:][:output])
			dy[row*output] = float32(1e-39 * float64(row%2)) // which counts as 0
			for j := range input {
				x[row*input+j] = float32(bad * float64(j-1)) // −∞, NaN, ∞
			}
		}
		results[i] = layer.Params("dense").WithGradients()
		testkit.Check(layer.Backward(x, dy, nil, results[i]))
	}
	for i, p := range results[0] {
		testkit.CheckEqual(t, p.Name, results[1][i].Grad, p.Grad)
	}
}
