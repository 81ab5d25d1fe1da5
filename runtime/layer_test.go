package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// rounding bounds the maximum norm of a float32 result's error against the
// float64 reference, relative to the result's: about 50 units of 2⁻²⁴, the
// longest sums having some 230 terms.
const rounding = 3e-6

func TestLayerAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, cell := range cells {
		for _, hidden := range awkward {
			for _, batch := range awkward {
				t.Run(sizeName(cell.kernel, batch, hidden), func(t *testing.T) {
					for _, input := range awkward {
						for _, steps := range []int{1, 3, 7} {
							p := newProblem(random, cell.kernel, steps, batch, input, hidden)
							cell.run(p)
							cell.gradients(p)
							checkResult(t, solve(newLayerOf(cell.kernel, p), p, steps), p)
						}
					}
				})
			}
		}
	}
}

// More than one group of units and of inputs, more steps than one input product
// has, in one more chunk of them.
func TestWideLayerAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for _, cell := range cells[:2] { // the others are not contractions
		for _, size := range []struct{ steps, batch, input, hidden int }{{7, 20, 70, 130}, {100, 1, 129, 65}, {3, 97, 64, 64}} {
			p := newProblem(random, cell.kernel, size.steps, size.batch, size.input, size.hidden)
			cell.run(p)
			cell.gradients(p)
			checkResult(t, solve(newLayerOf(cell.kernel, p), p, size.steps), p)
		}
	}
}

func TestLongSequenceAgainstReference(t *testing.T) {
	for _, cell := range cells[:2] { // the others are not contractions
		p := newProblem(rand.New(rand.NewPCG(3, 4)), cell.kernel, 33, 3, 7, 17)
		cell.run(p)
		cell.gradients(p)
		checkResult(t, solve(newLayerOf(cell.kernel, p), p, 33), p)
	}
}

func checkResult(t *testing.T, r result, p *problem) {
	t.Helper()
	g := r.gradients.Export()
	for _, v := range []struct {
		name string
		got  []float32
		want []float64
	}{
		{"y", r.y, p.y},
		{"h", r.h, p.h},
		{"c", r.c, p.c},
		{"dx", r.dx, p.dx},
		{"dh0", r.dh0, p.dh0},
		{"dc0", r.dc0, p.dc0},
		{"dkernel", g.Kernel, p.dkernel},
		{"drecurrent", g.Recurrent, p.drecurrent},
		{"dbias", g.Bias, p.dbias},
	} {
		checkClose(t, v.name, v.got, v.want, rounding)
	}
}

// The reference itself: its gradients against central differences of its loss,
// along a random direction of each argument. Relative error of the difference:
// h² from the formula, 1e−16/h from rounding.
func TestReferenceGradients(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, cell := range cells {
		p := newProblem(random, cell.kernel, 3, 2, 3, 4)
		cell.run(p)
		cell.gradients(p)
		arguments := [][]float64{p.x, p.h0, p.c0, p.kernel, p.recurrent, p.bias}
		gradients := [][]float64{p.dx, p.dh0, p.dc0, p.dkernel, p.drecurrent, p.dbias}
		for i, argument := range arguments {
			direction, original := randoms(random, len(argument)), slices.Clone(argument)
			at := func(h float64) float64 {
				for j := range argument {
					argument[j] = original[j] + h*direction[j]
				}
				cell.run(p)
				return p.loss()
			}
			const h = 1e-5
			difference := (at(h) - at(-h)) / (2 * h)
			at(0)
			want := dot(gradients[i], direction)
			if math.Abs(difference-want) > 1e-8*max(1, math.Abs(want)) {
				t.Errorf("%s argument %d: difference %v, gradient %v", cell.kernel.Name(), i, difference, want)
			}
		}
	}
}

// A nil dy is a dy of zeros, dx is optional, and gradients add up.
func TestBackwardOptions(t *testing.T) {
	p := newProblem(rand.New(rand.NewPCG(13, 14)), mixedKernel{bias: true}, 3, 2, 4, 17)
	clear(p.dy)
	l := newLayerOf(mixedKernel{bias: true}, p)
	want := solve(l, p, 3)

	ws, s := must(l.NewWorkspace(3, 2)), &State{to32(p.h0), to32(p.c0)}
	check(l.Forward(ws, s, to32(p.x), make([]float32, len(p.dy))))
	g := l.NewGradients()
	for range 2 {
		ds := &State{to32(p.dh), to32(p.dc)}
		g.Zero()
		check(l.Backward(ws, ds, nil, nil, g))
		checkEqual(t, "dh0", ds.H, want.dh0)
		checkEqual(t, "dU", g.u, want.gradients.u)
		checkEqual(t, "db", g.b, want.gradients.b)
	}
	check(l.Backward(ws, &State{to32(p.dh), to32(p.dc)}, nil, nil, g))
	twice := make([]float64, len(g.w))
	for i, v := range want.gradients.w {
		twice[i] = 2 * float64(v)
	}
	checkClose(t, "dW", g.w, twice, rounding)
}

// A workspace that held a longer sequence computes a shorter one the same.
func TestWorkspaceIsReused(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 16))
	for _, cell := range cells {
		long := newProblem(random, cell.kernel, 5, 3, 4, 17)
		short := *long
		short.steps, short.x, short.dy = 2, long.x[:2*3*4], long.dy[:2*3*17]
		l := newLayerOf(cell.kernel, long)
		want := solve(l, &short, 2)
		ws, g := must(l.NewWorkspace(5, 3)), l.NewGradients()
		for _, p := range []*problem{long, &short} {
			s, ds := &State{to32(p.h0), to32(p.c0)}, &State{to32(p.dh), to32(p.dc)}
			y, dx := garbage(len(p.dy)), garbage(len(p.x))
			g.Zero()
			check(l.Forward(ws, s, to32(p.x), y))
			check(l.Backward(ws, ds, to32(p.dy), dx, g))
			if p == long {
				continue
			}
			checkEqual(t, "y", y, want.y)
			checkEqual(t, "dx", dx, want.dx)
			checkEqual(t, "dh0", ds.H, want.dh0)
			checkEqual(t, "dW", g.w, want.gradients.w)
			checkEqual(t, "dU", g.u, want.gradients.u)
		}
	}
}

// TestBackwardWithoutState expects a nil state of cotangents to stand for zeros.
func TestBackwardWithoutState(t *testing.T) {
	const steps, batch, input, hidden = 3, 2, 5, 19
	l := must(NewLayer(lstmKernel{}, input, hidden))
	ws := must(l.NewWorkspace(steps, batch))
	x, dy := make([]float32, steps*batch*input), make([]float32, steps*batch*hidden)
	for i := range x {
		x[i] = float32(i%7)/4 - 0.75
	}
	for i := range dy {
		dy[i] = float32(i%5)/4 - 0.5
	}
	var dx [2][]float32
	for i, ds := range []*State{must(l.NewState(batch)), nil} {
		s := must(l.NewState(batch))
		if err := l.Forward(ws, s, x, make([]float32, len(dy))); err != nil {
			t.Fatal(err)
		}
		dx[i] = make([]float32, len(x))
		if err := l.Backward(ws, ds, dy, dx[i], l.NewGradients()); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(dx[0], dx[1]) {
		t.Errorf("dx = %v with zeros, %v with nil", dx[0], dx[1])
	}
}
