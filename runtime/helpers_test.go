package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// cells are the test cells with their references.
var cells = []struct {
	kernel kernel.Cell
	reference
}{
	{lstmKernel{}, lstmReference},
	{lstmKernel{bias: true}, lstmReference},
	{mixedKernel{}, mixedReference},
	{mixedKernel{bias: true}, mixedReference},
}

// newProblem draws a random problem for a cell.
func newProblem(random *rand.Rand, k kernel.Cell, steps, batch, input, hidden int) *problem {
	columns := leavesOf(k) * hidden
	p := &problem{
		steps: steps, batch: batch, input: input, hidden: hidden,
		x:  testkit.Randoms(random, steps*batch*input),
		h0: testkit.Randoms(random, batch*hidden), c0: testkit.Randoms(random, batch*hidden),
		kernel: testkit.Randoms(random, input*columns), recurrent: testkit.Randoms(random, hidden*columns),
		dy: testkit.Randoms(random, steps*batch*hidden),
		dh: testkit.Randoms(random, batch*hidden), dc: testkit.Randoms(random, batch*hidden),
	}
	if hasBias(k) {
		p.bias = testkit.Randoms(random, columns)
	}
	scale(p.kernel, 1/math.Sqrt(float64(input)))
	scale(p.recurrent, 1/math.Sqrt(float64(hidden)))
	return p
}

// scale multiplies values by a factor, and rounds them to float32.
func scale(values []float64, by float64) {
	for i, v := range values {
		values[i] = float64(float32(by * v))
	}
}

// result is what a layer computes for a problem.
type result struct {
	y, h, c, dx, dh0, dc0 []float32
	gradients             *gradients
}

// newLayerOf returns a layer with a problem's weights.
func newLayerOf(k kernel.Cell, p *problem) *Layer {
	l := testkit.Must(NewLayer(k, p.input, p.hidden))
	testkit.Check(l.Import(Weights{testkit.To32(p.kernel), testkit.To32(p.recurrent), testkit.To32(p.bias), nil}))
	return l
}

// solve computes a problem in chunks, given by their numbers of steps.
func solve(l *Layer, p *problem, chunks ...int) result {
	workspaces := make([]*Workspace, len(chunks))
	for i, n := range chunks {
		workspaces[i] = testkit.Must(l.NewWorkspace(n+i, p.batch))
	}
	return solveIn(l, p, workspaces, chunks...)
}

// solveIn is solve in a given workspace for each chunk.
func solveIn(l *Layer, p *problem, workspaces []*Workspace, chunks ...int) result {
	s, ds := p.start(l), p.end(l)
	x, dy := testkit.To32(p.x), testkit.To32(p.dy)
	r := result{
		y: testkit.Garbage(len(p.dy)), dx: testkit.Garbage(len(x)),
		h: s.Of("h"), c: s.Of("c"), dh0: ds.Of("h"), dc0: ds.Of("c"), gradients: newGradients(l),
	}
	wide, deep := p.batch*p.input, p.batch*p.hidden
	done := 0
	for i, n := range chunks {
		testkit.Check(l.Forward(workspaces[i], s, x[done*wide:(done+n)*wide], r.y[done*deep:(done+n)*deep]))
		done += n
	}
	for i, n := range slices.Backward(chunks) {
		done -= n
		testkit.Check(l.Backward(workspaces[i], ds, dy[done*deep:][:n*deep], r.dx[done*wide:][:n*wide], r.gradients.Params))
	}
	return r
}

// sizeName names a subtest.
func sizeName(k kernel.Cell, sizes ...int) string {
	return fmt.Sprintf("%s bias=%v %v", k.Describe().Name, hasBias(k), sizes)
}

// start and end return the states before a problem, and the cotangents after it.
func (p *problem) start(l Recurrent) *State {
	return stateOf(l, p.batch, testkit.To32(p.h0), testkit.To32(p.c0))
}

func (p *problem) end(l Recurrent) *State {
	return stateOf(l, p.batch, testkit.To32(p.dh), testkit.To32(p.dc))
}

// stateOf returns a state with the given values.
func stateOf(l Recurrent, batch int, h, c []float32) *State {
	s := testkit.Must(l.NewState(batch))
	copy(s.Of("h"), h)
	copy(s.Of("c"), c)
	return s
}

// gradients are a layer's, as parameters and as panels.
type gradients struct {
	Params
	w, u, b []float32
	layer   *Layer
}

func newGradients(l *Layer) *gradients {
	params := l.Params("layer").WithGradients()
	g := testkit.Must(l.gradients(params))
	all := append(g.arrays, nil)
	return &gradients{params, all[0], all[1], all[2], l}
}

// Export returns the gradients of every leaf.
func (g *gradients) Export() Weights { return testkit.Must(g.layer.Gradients(g.Params)) }

// stateIn returns a state in the given arrays.
func (l *Layer) stateIn(h, c []float32) *State {
	s := l.newState(len(h) / l.hidden)
	s.arrays[0].Data, s.arrays[1].Data = h, c
	return s
}

// leavesOf returns the number of a cell's leaves.
func leavesOf(k kernel.Cell) (n int) {
	for _, p := range k.Describe().Params {
		if p.Name[0] == 'U' {
			n++
		}
	}
	return n
}

func hasBias(k kernel.Cell) bool { return len(k.Describe().Params) > 2*leavesOf(k) }
