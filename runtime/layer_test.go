package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// rounding bounds the error of a float32 result against the float64 reference, relative to
// the result, both in the maximum norm: about 50 units of 2⁻²⁴, for sums of up to some 230
// terms.
const rounding = 3e-6

func TestLayerAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, cell := range cells {
		for _, hidden := range testkit.Awkward {
			for _, batch := range testkit.Awkward {
				t.Run(sizeName(cell.kernel, batch, hidden), func(t *testing.T) {
					for _, input := range testkit.Awkward {
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

// TestWideLayerAgainstReference has several groups of units and of inputs, and more steps
// than one input product takes.
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
		testkit.CheckClose(t, v.name, v.got, v.want, rounding)
	}
}

// TestReferenceGradients compares the gradients of the reference with central differences of
// its loss, along a random direction of each argument. The relative error of a difference is
// about h² from the formula and 1e−16/h from rounding.
func TestReferenceGradients(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, cell := range cells {
		p := newProblem(random, cell.kernel, 3, 2, 3, 4)
		cell.run(p)
		cell.gradients(p)
		arguments := [][]float64{p.x, p.h0, p.c0, p.kernel, p.recurrent, p.bias}
		gradients := [][]float64{p.dx, p.dh0, p.dc0, p.dkernel, p.drecurrent, p.dbias}
		for i, argument := range arguments {
			direction, original := testkit.Randoms(random, len(argument)), slices.Clone(argument)
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
				t.Errorf("%s argument %d: difference %v, gradient %v", cell.kernel.Describe().Name, i, difference, want)
			}
		}
	}
}

// TestBackwardOptions expects a nil dy to stand for zeros, dx to be optional, and gradients
// to be added to.
func TestBackwardOptions(t *testing.T) {
	p := newProblem(rand.New(rand.NewPCG(13, 14)), mixedKernel{bias: true}, 3, 2, 4, 17)
	clear(p.dy)
	l := newLayerOf(mixedKernel{bias: true}, p)
	want := solve(l, p, 3)

	ws, s := testkit.Must(l.NewWorkspace(3, 2)), p.start(l)
	testkit.Check(l.Forward(ws, s, testkit.To32(p.x), make([]float32, len(p.dy))))
	g := newGradients(l)
	for range 2 {
		ds := p.end(l)
		g.Zero()
		testkit.Check(l.Backward(ws, ds, nil, nil, g.Params))
		testkit.CheckEqual(t, "dh0", ds.Of("h"), want.dh0)
		testkit.CheckEqual(t, "dU", g.u, want.gradients.u)
		testkit.CheckEqual(t, "db", g.b, want.gradients.b)
	}
	testkit.Check(l.Backward(ws, p.end(l), nil, nil, g.Params))
	twice := make([]float64, len(g.w))
	for i, v := range want.gradients.w {
		twice[i] = 2 * float64(v)
	}
	testkit.CheckClose(t, "dW", g.w, twice, rounding)
}

// TestWorkspaceIsReused expects a shorter sequence to be unaffected by a longer one that the
// workspace held before.
func TestWorkspaceIsReused(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 16))
	for _, cell := range cells {
		long := newProblem(random, cell.kernel, 5, 3, 4, 17)
		short := *long
		short.steps, short.x, short.dy = 2, long.x[:2*3*4], long.dy[:2*3*17]
		l := newLayerOf(cell.kernel, long)
		want := solve(l, &short, 2)
		ws, g := testkit.Must(l.NewWorkspace(5, 3)), newGradients(l)
		for _, p := range []*problem{long, &short} {
			s, ds := p.start(l), p.end(l)
			y, dx := testkit.Garbage(len(p.dy)), testkit.Garbage(len(p.x))
			g.Zero()
			testkit.Check(l.Forward(ws, s, testkit.To32(p.x), y))
			testkit.Check(l.Backward(ws, ds, testkit.To32(p.dy), dx, g.Params))
			if p == long {
				continue
			}
			testkit.CheckEqual(t, "y", y, want.y)
			testkit.CheckEqual(t, "dx", dx, want.dx)
			testkit.CheckEqual(t, "dh0", ds.Of("h"), want.dh0)
			testkit.CheckEqual(t, "dW", g.w, want.gradients.w)
			testkit.CheckEqual(t, "dU", g.u, want.gradients.u)
		}
	}
}

// TestBackwardWithoutState expects a nil state to stand for cotangents of zero.
func TestBackwardWithoutState(t *testing.T) {
	const steps, batch, input, hidden = 3, 2, 5, 19
	l := testkit.Must(NewLayer(lstmKernel{}, input, hidden))
	ws := testkit.Must(l.NewWorkspace(steps, batch))
	x, dy := make([]float32, steps*batch*input), make([]float32, steps*batch*hidden)
	for i := range x {
		x[i] = float32(i%7)/4 - 0.75
	}
	for i := range dy {
		dy[i] = float32(i%5)/4 - 0.5
	}
	var dx [2][]float32
	for i, ds := range []*State{testkit.Must(l.NewState(batch)), nil} {
		s := testkit.Must(l.NewState(batch))
		if err := l.Forward(ws, s, x, make([]float32, len(dy))); err != nil {
			t.Fatal(err)
		}
		dx[i] = make([]float32, len(x))
		if err := l.Backward(ws, ds, dy, dx[i], newGradients(l).Params); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(dx[0], dx[1]) {
		t.Errorf("dx = %v with zeros, %v with nil", dx[0], dx[1])
	}
}

// TestSetTiles expects a tile to be the bias in some slots and zero in the others.
func TestSetTiles(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 1, 1))
	stage := l.stages[0]
	for first := range stage.Slots {
		*stage.biases[0] = linear{side: side{first, stage.biases[0].sums[:1]}}
		l.array = func(int) []float32 { return slices.Repeat([]float32{7}, kernel.Units) }
		tile := matrix.New(testkit.Garbage(2*stage.Slots*kernel.Units), 2, stage.Slots*kernel.Units)
		l.setTiles(stage, tile, span{0, 0, 1})
		row := make([]float32, stage.Slots*kernel.Units)
		copy(row[first*kernel.Units:], slices.Repeat([]float32{7}, kernel.Units))
		testkit.CheckEqual(t, "tile", tile.Data, slices.Concat(row, row))
	}
}
