package runtime

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestFewerRows expects workspaces with room for more rows and steps, which have held other
// calls before, to give what workspaces of the exact size give, gradients of weights
// included.
func TestFewerRows(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		chunks := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 3).Draw(t, "chunks")
		steps := 0
		for _, n := range chunks {
			steps += n
		}
		k, p := drawProblem(t, steps, testkit.Awkward...)
		l := newLayerOf(k, p)
		l.workers = rapid.IntRange(0, 3).Draw(t, "workers")
		want := solve(l, p, chunks...)
		room := p.batch + rapid.IntRange(0, 20).Draw(t, "more rows")
		var workspaces []*Workspace
		for range chunks {
			ws := testkit.Must(l.NewWorkspace(rapid.IntRange(5, 7).Draw(t, "steps"), room))
			soil(l, ws, rapid.IntRange(1, room).Draw(t, "rows before"))
			workspaces = append(workspaces, ws)
		}
		got := solveIn(l, p, workspaces, chunks...)
		checkStates(t, got, want)
		testkit.CheckEqual(t, "dW", got.gradients.w, want.gradients.w)
		testkit.CheckEqual(t, "dU", got.gradients.u, want.gradients.u)
		testkit.CheckEqual(t, "db", got.gradients.b, want.gradients.b)
	})
}

// soil fills a workspace: it runs a layer forward and backward over rows of large values.
func soil(l *Layer, ws *Workspace, rows int) {
	x, y := make([]float32, ws.maxSteps*rows*l.input), make([]float32, ws.maxSteps*rows*l.hidden)
	for i := range x {
		x[i] = 1e3
	}
	testkit.Check(l.Forward(ws, testkit.Must(l.NewState(rows)), x, y))
	testkit.Check(l.Backward(ws, testkit.Must(l.NewState(rows)), y, x, l.Params("l").WithGradients()))
}

// TestShrinkingBatch runs sequences of different lengths in one batch: from step to step
// or chunk to chunk, in one workspace, rows end, and those that go on must have the results
// that they have alone. So must a HalfLayer's.
func TestShrinkingBatch(t *testing.T) {
	const input, hidden, steps = 3, 17, 4
	rows := []int{200, 191, 97, 96, 64, 9, 5, 4, 1} // around those that change the inputs taken at once, and what bounds a product
	p := newProblem(rand.New(rand.NewPCG(16, 6)), lstmKernel{bias: true}, steps*len(rows), rows[0], input, hidden)
	full := newLayerOf(lstmKernel{bias: true}, p)
	for _, l := range []Recurrent{full, testkit.Must(full.Half())} {
		whole := testkit.Must(l.NewWorkspace(steps, rows[0]))
		stepped, all := p.start(l), p.start(l)
		x, y, want := testkit.To32(p.x), make([]float32, len(p.dy)), make([]float32, len(p.dy))
		for chunk, n := range rows {
			first := chunk * steps * rows[0]
			xs := firstRows(x[first*input:][:steps*rows[0]*input], rows[0], n, input)
			stepped, all = firstOf(l, stepped, n), firstOf(l, all, n)
			size := n * hidden
			testkit.Check(l.Forward(testkit.Must(l.NewWorkspace(steps, n)), all, xs, want[:steps*size]))
			again := firstOf(l, stepped, n)
			testkit.Check(l.Forward(whole, again, xs, y[:steps*size]))
			testkit.CheckEqual(t, "y of a chunk", y[:steps*size], want[:steps*size])
			for step := range steps {
				testkit.Check(l.Step(whole, stepped, xs[step*n*input:][:n*input], y[step*size:][:size]))
			}
			testkit.CheckEqual(t, "y of steps", y[:steps*size], want[:steps*size])
			for _, state := range all.Names() {
				testkit.CheckEqual(t, state, again.Of(state), all.Of(state))
				testkit.CheckEqual(t, state, stepped.Of(state), all.Of(state))
			}
		}
	}
}

// firstRows returns the first n rows of each batch.
func firstRows(values []float32, batch, n, width int) []float32 {
	return pickRows(values, width, batch, sequence(n))
}

// firstOf returns a state with the first n rows of s.
func firstOf(l Recurrent, s *State, n int) *State {
	return stateOf(l, n, s.Of("h"), s.Of("c"))
}
