package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// awkward are sizes below, at and above a block, and across two.
var awkward = []int{1, 3, 7, 16, 17, 33}

// cells are the test cells with their references.
var cells = []struct {
	kernel Kernel
	reference
}{
	{lstmKernel{}, lstmReference},
	{lstmKernel{bias: true}, lstmReference},
	{mixedKernel{}, mixedReference},
	{mixedKernel{bias: true}, mixedReference},
}

// randoms returns n values uniform in ±1 that a float32 holds.
func randoms(random *rand.Rand, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(2*random.Float32() - 1)
	}
	return values
}

// newProblem draws a problem for a cell.
func newProblem(random *rand.Rand, k Kernel, steps, batch, input, hidden int) *problem {
	columns := k.Leaves() * hidden
	p := &problem{
		steps: steps, batch: batch, input: input, hidden: hidden,
		x:  randoms(random, steps*batch*input),
		h0: randoms(random, batch*hidden), c0: randoms(random, batch*hidden),
		kernel: randoms(random, input*columns), recurrent: randoms(random, hidden*columns),
		dy: randoms(random, steps*batch*hidden),
		dh: randoms(random, batch*hidden), dc: randoms(random, batch*hidden),
	}
	if k.Bias() {
		p.bias = randoms(random, columns)
	}
	scale(p.kernel, 1/math.Sqrt(float64(input)))
	scale(p.recurrent, 1/math.Sqrt(float64(hidden)))
	return p
}

// scale multiplies values, rounding to float32.
func scale(values []float64, by float64) {
	for i, v := range values {
		values[i] = float64(float32(by * v))
	}
}

// to32 rounds values; nil stays nil.
func to32(values []float64) []float32 {
	if values == nil {
		return nil
	}
	rounded := make([]float32, len(values))
	for i, v := range values {
		rounded[i] = float32(v)
	}
	return rounded
}

// checkClose fails unless got is near want in the maximum norm:
// ‖got − want‖∞ ≤ bound·max(1, ‖want‖∞).
func checkClose(t *testing.T, name string, got []float32, want []float64, bound float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	size := 1.0
	for _, w := range want {
		size = max(size, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= bound*size) {
			t.Fatalf("%s[%d] = %v, want %v ± %v·%v", name, i, got[i], w, bound, size)
		}
	}
}

// checkEqual fails unless got is want, bit for bit or, if the backend's sums are
// not Ordered, ‖got − want‖∞ < 1e-5·max(1, ‖want‖∞).
func checkEqual(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string, got, want []float32,
) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	bound := 0.0
	if !Ordered() {
		bound = 1e-5
		for _, w := range want {
			bound = max(bound, 1e-5*math.Abs(float64(w)))
		}
	}
	for i, w := range want {
		same := math.Float32bits(got[i]) == math.Float32bits(w)
		if !same && !(math.Abs(float64(got[i])-float64(w)) < bound) {
			t.Fatalf("%s[%d] = %v, want %v ± %v", name, i, got[i], w, bound)
		}
	}
}

// must returns v.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// check panics on an error.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// result is what a layer computes of a problem.
type result struct {
	y, h, c, dx, dh0, dc0 []float32
	gradients             *Gradients
}

// newLayerOf returns a layer with a problem's weights.
func newLayerOf(k Kernel, p *problem) *Layer {
	l := must(NewLayer(k, p.input, p.hidden))
	check(l.Import(Weights{to32(p.kernel), to32(p.recurrent), to32(p.bias)}))
	return l
}

// garbage returns n values that are to be overwritten.
func garbage(n int) []float32 {
	return slices.Repeat([]float32{float32(math.NaN())}, n)
}

// solve computes a problem in chunks of as many steps.
func solve(l *Layer, p *problem, chunks ...int) result {
	s := &State{to32(p.h0), to32(p.c0)}
	ds := &State{to32(p.dh), to32(p.dc)}
	x, dy := to32(p.x), to32(p.dy)
	r := result{
		y: garbage(len(p.dy)), dx: garbage(len(x)),
		h: s.H, c: s.C, dh0: ds.H, dc0: ds.C, gradients: l.NewGradients(),
	}
	wide, deep := p.batch*p.input, p.batch*p.hidden
	workspaces := make([]*Workspace, len(chunks))
	done := 0
	for i, n := range chunks {
		workspaces[i] = must(l.NewWorkspace(n+i, p.batch))
		check(l.Forward(workspaces[i], s, x[done*wide:(done+n)*wide], r.y[done*deep:(done+n)*deep]))
		done += n
	}
	for i, n := range slices.Backward(chunks) {
		done -= n
		check(l.Backward(workspaces[i], ds, dy[done*deep:][:n*deep], r.dx[done*wide:][:n*wide], r.gradients))
	}
	return r
}

// sizeName names a subtest.
func sizeName(k Kernel, sizes ...int) string {
	return fmt.Sprintf("%s bias=%v %v", k.Name(), k.Bias(), sizes)
}
