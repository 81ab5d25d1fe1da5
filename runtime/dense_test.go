package runtime

import (
	"math/rand/v2"
	"testing"
)

// Dense against sums in float64: forward, and the gradients of dy·y, which is
// linear in each argument, so that those are sums as well.
func TestDense(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for _, input := range awkward {
		for _, output := range append(awkward, 200) {
			for _, rows := range append(awkward, 70) {
				x, dy := randoms(random, rows*input), randoms(random, rows*output)
				kernel, bias := randoms(random, input*output), randoms(random, output)
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
				layer := must(NewDense(input, output))
				g := layer.NewGradients()
				params := layer.Params(g)
				copy(params[0].Value, to32(kernel))
				copy(params[1].Value, to32(bias))
				gotY, gotDx := garbage(len(y)), garbage(len(dx))
				check(layer.Forward(to32(x), gotY))
				check(layer.Backward(to32(x), to32(dy), gotDx, g))
				checkClose(t, "y", gotY, y, rounding)
				checkClose(t, "dx", gotDx, dx, rounding)
				checkClose(t, "dkernel", params[0].Grad, dkernel, rounding)
				checkClose(t, "dbias", params[1].Grad, dbias, rounding)
			}
		}
	}
}

func TestDenseAccumulatesAndChecks(t *testing.T) {
	d := must(NewDense(2, 3))
	if d.Input() != 2 || d.Output() != 3 {
		t.Error("sizes")
	}
	g := d.NewGradients()
	for range 2 {
		check(d.Backward([]float32{1, 2}, []float32{3, 4, 5}, nil, g))
	}
	checkEqual(t, "dkernel", d.Params(g)[0].Grad, []float32{6, 8, 10, 12, 16, 20})
	checkEqual(t, "dbias", d.Params(g)[1].Grad, []float32{6, 8, 10})
	g.Zero()
	checkEqual(t, "dkernel", d.Params(g)[0].Grad, make([]float32, 6))
	if d.Params(nil)[0].Grad != nil {
		t.Error("gradients out of nothing")
	}

	v := func(n int) []float32 { return make([]float32, n) }
	checkError(t, d.Forward(v(3), v(3)), "Dense Forward: x has 3 values, want rows·input = rows·2")
	checkError(t, d.Forward(nil, nil), "x has 0 values")
	checkError(t, d.Forward(v(4), v(5)), "y has 5 values, want rows·output = 2·3")
	checkError(t, d.Backward(v(4), v(5), nil, g), "Dense Backward: dy has 5 values")
	checkError(t, d.Backward(v(4), v(6), v(2), g), "dx has 2 values, want rows·input = 2·2")
	checkError(t, d.Backward(v(4), v(6), nil, nil), "gradients is nil")
	checkError(t, d.Backward(v(4), v(6), nil, must(NewDense(2, 3)).NewGradients()), "gradients of another layer")
}
