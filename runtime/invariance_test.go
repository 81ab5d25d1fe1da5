package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// The properties below are tested on someCases random cases in make test, and on manyCases
// in make soak.
const someCases, manyCases = 1000, 100_000

// drawProblem draws a cell and a small problem for it.
func drawProblem(t *rapid.T, steps int, sizes ...int) (kernel.Cell, *problem) {
	size := rapid.SampledFrom(sizes)
	cell := rapid.SampledFrom(cells).Draw(t, "cell")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	return cell.kernel, newProblem(random, cell.kernel, steps, size.Draw(t, "batch"), size.Draw(t, "input"), size.Draw(t, "hidden"))
}

// checkStates fails unless two results are equal, apart from the gradients of weights.
func checkStates(t *rapid.T, got, want result) {
	t.Helper()
	testkit.CheckEqual(t, "y", got.y, want.y)
	testkit.CheckEqual(t, "h", got.h, want.h)
	testkit.CheckEqual(t, "c", got.c, want.c)
	testkit.CheckEqual(t, "dx", got.dx, want.dx)
	testkit.CheckEqual(t, "dh0", got.dh0, want.dh0)
	testkit.CheckEqual(t, "dc0", got.dc0, want.dc0)
}

// TestChunksAndStepsEqualSequence expects a sequence to give the same bits at once, in any
// chunks and step by step, and so its gradients, except the gradients of weights, whose sums
// depend on chunks.
func TestChunksAndStepsEqualSequence(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		chunks := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "chunks")
		steps := 0
		for _, n := range chunks {
			steps += n
		}
		k, p := drawProblem(t, steps, testkit.Awkward...)
		l := newLayerOf(k, p)
		want := solve(l, p, steps)
		checkStates(t, solve(l, p, chunks...), want)

		ws, s, x := testkit.Must(l.NewWorkspace(2, p.batch)), p.start(l), testkit.To32(p.x)
		wide, deep := p.batch*p.input, p.batch*p.hidden
		y := make([]float32, deep)
		for step := range steps {
			testkit.Check(l.Step(ws, s, x[step*wide:(step+1)*wide], y))
			testkit.CheckEqual(t, "step y", y, want.y[step*deep:(step+1)*deep])
			testkit.CheckEqual(t, "step H", s.Of("h"), y)
		}
		testkit.CheckEqual(t, "step C", s.Of("c"), want.c)
	})
}

// TestRowsAreIndependent expects batch rows, permuted or only some of them, to have the
// results that they have among all others.
func TestRowsAreIndependent(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		steps := rapid.IntRange(1, 3).Draw(t, "steps")
		k, p := drawProblem(t, steps, testkit.Awkward...)
		rows := rapid.Permutation(sequence(p.batch)).Draw(t, "rows")
		rows = rows[:rapid.IntRange(1, p.batch).Draw(t, "kept")]
		l := newLayerOf(k, p)
		got, want := solve(l, pick(p, rows), steps), solve(l, p, steps)
		testkit.CheckEqual(t, "y", got.y, pickRows(want.y, p.hidden, p.batch, rows))
		testkit.CheckEqual(t, "h", got.h, pickRows(want.h, p.hidden, p.batch, rows))
		testkit.CheckEqual(t, "c", got.c, pickRows(want.c, p.hidden, p.batch, rows))
		testkit.CheckEqual(t, "dx", got.dx, pickRows(want.dx, p.input, p.batch, rows))
		testkit.CheckEqual(t, "dh0", got.dh0, pickRows(want.dh0, p.hidden, p.batch, rows))
		testkit.CheckEqual(t, "dc0", got.dc0, pickRows(want.dc0, p.hidden, p.batch, rows))
	})
}

// sequence returns 0 to n−1.
func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// pick returns a problem with some of the batch rows.
func pick(p *problem, rows []int) *problem {
	q := *p
	q.batch = len(rows)
	q.x = pickRows(p.x, p.input, p.batch, rows)
	for _, v := range []*[]float64{&q.h0, &q.c0, &q.dy, &q.dh, &q.dc} {
		*v = pickRows(*v, p.hidden, p.batch, rows)
	}
	return &q
}

// pickRows picks rows of width values from each batch of values.
func pickRows[V any](values []V, width, batch int, rows []int) (picked []V) {
	for step := range slices.Chunk(values, batch*width) {
		for _, row := range rows {
			picked = append(picked, step[row*width:(row+1)*width]...)
		}
	}
	return picked
}

// TestPaddingIsIsolated expects real units and gradients to be unaffected by whatever a
// kernel leaves in padded lanes, and the padding of gradients to stay zero.
func TestPaddingIsIsolated(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		k, p := drawProblem(t, 2, 1, 3, 7, 15)
		want := solve(newLayerOf(k, p), p, 2)
		got := solve(newLayerOf(poisonedKernel{k, p.hidden}, p), p, 1, 1)
		checkStates(t, got, want)
		for _, values := range [][]float32{got.gradients.w, got.gradients.u, got.gradients.b} {
			for i, v := range values {
				if v != v || i%kernel.Units >= p.hidden && v != 0 {
					t.Fatalf("%s: gradient %d of %d units is %v", k.Describe().Name, i, p.hidden, v)
				}
			}
		}
	})
}

// TestPaddedEqualsUnpadded expects a padded layer to give what a layer of whole blocks gives,
// if the weights, states and cotangents of the added units are zero.
func TestPaddedEqualsUnpadded(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		k, p := drawProblem(t, 2, 1, 3, 7, 15, 17, 33)
		q := withUnits(p, leavesOf(k), wholeBlocks(p.hidden))
		want, got := solve(newLayerOf(k, p), p, 2), solve(newLayerOf(k, q), q, 2)
		narrow := func(states []float32) []float32 { return cut(states, q.hidden, p.hidden) }
		testkit.CheckEqual(t, "y", narrow(got.y), want.y)
		testkit.CheckEqual(t, "h", narrow(got.h), want.h)
		testkit.CheckEqual(t, "c", narrow(got.c), want.c)
		testkit.CheckEqual(t, "dx", got.dx, want.dx)
		testkit.CheckEqual(t, "dh0", narrow(got.dh0), want.dh0)
		testkit.CheckEqual(t, "dc0", narrow(got.dc0), want.dc0)
		gw, ww := got.gradients.Export(), want.gradients.Export()
		testkit.CheckEqual(t, "dkernel", narrow(gw.Kernel), ww.Kernel)
		testkit.CheckEqual(t, "dbias", narrow(gw.Bias), ww.Bias)
		testkit.CheckEqual(t, "drecurrent", narrow(gw.Recurrent)[:len(ww.Recurrent)], ww.Recurrent)
	})
}

// withUnits returns a problem with units added, whose values are all zero.
func withUnits(p *problem, leaves, hidden int) *problem {
	q := *p
	q.hidden = hidden
	for _, v := range []*[]float64{&q.h0, &q.c0, &q.dy, &q.dh, &q.dc, &q.kernel, &q.recurrent, &q.bias} {
		*v = pad(*v, p.hidden, hidden)
	}
	q.recurrent = append(q.recurrent, make([]float64, (hidden-p.hidden)*leaves*hidden)...)
	return &q
}

// pad widens rows with zeros; nil stays nil.
func pad(values []float64, from, to int) (padded []float64) {
	for row := range slices.Chunk(values, from) {
		padded = append(append(padded, row...), make([]float64, to-from)...)
	}
	return padded
}

// cut narrows rows.
func cut(values []float32, from, to int) (rest []float32) {
	for row := range slices.Chunk(values, from) {
		rest = append(rest, row[:to]...)
	}
	return rest
}

// TestNaNStaysInItsRow expects a batch row of NaN to leave the other rows alone.
func TestNaNStaysInItsRow(t *testing.T) {
	p := newProblem(rand.New(rand.NewPCG(11, 12)), lstmKernel{}, 3, 4, 5, 18)
	l := newLayerOf(lstmKernel{}, p)
	want := solve(l, p, 3)
	p.x[0] = math.NaN() // row 0, from step 0 on
	got := solve(l, p, 3)
	if !math.IsNaN(float64(got.y[0])) {
		t.Error("NaN was lost")
	}
	others := []int{1, 2, 3}
	testkit.CheckEqual(t, "y", pickRows(got.y, 18, 4, others), pickRows(want.y, 18, 4, others))
	testkit.CheckEqual(t, "dx", pickRows(got.dx, 5, 4, others), pickRows(want.dx, 5, 4, others))
}
