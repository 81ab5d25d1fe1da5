package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
)

// The properties below hold bit for bit on so many random cases: in make test,
// and in make soak.
const someCases, manyCases = 1000, 100_000

// drawProblem draws a cell and a small problem for it.
func drawProblem(t *rapid.T, steps int, sizes ...int) (Kernel, *problem) {
	size := rapid.SampledFrom(sizes)
	cell := rapid.SampledFrom(cells).Draw(t, "cell")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	return cell.kernel, newProblem(random, cell.kernel, steps, size.Draw(t, "batch"), size.Draw(t, "input"), size.Draw(t, "hidden"))
}

// checkStates fails unless two results are equal, but for the gradients of the
// weights.
func checkStates(t *rapid.T, got, want result) {
	t.Helper()
	checkEqual(t, "y", got.y, want.y)
	checkEqual(t, "h", got.h, want.h)
	checkEqual(t, "c", got.c, want.c)
	checkEqual(t, "dx", got.dx, want.dx)
	checkEqual(t, "dh0", got.dh0, want.dh0)
	checkEqual(t, "dc0", got.dc0, want.dc0)
}

// A sequence at once, in any chunks, and step by step is one function, bit for
// bit; so are its gradients, but for the sums of the weights' over chunks.
func TestChunksAndStepsEqualSequence(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		chunks := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "chunks")
		steps := 0
		for _, n := range chunks {
			steps += n
		}
		k, p := drawProblem(t, steps, awkward...)
		l := newLayerOf(k, p)
		want := solve(l, p, steps)
		checkStates(t, solve(l, p, chunks...), want)

		ws, s, x := must(l.NewWorkspace(2, p.batch)), &State{to32(p.h0), to32(p.c0)}, to32(p.x)
		wide, deep := p.batch*p.input, p.batch*p.hidden
		y := make([]float32, deep)
		for step := range steps {
			check(l.Step(ws, s, x[step*wide:(step+1)*wide], y))
			checkEqual(t, "step y", y, want.y[step*deep:(step+1)*deep])
			checkEqual(t, "step H", s.H, y)
		}
		checkEqual(t, "step C", s.C, want.c)
	})
}

// Rows of the batch, permuted or some of them alone, have the results that they
// have among others.
func TestRowsAreIndependent(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		steps := rapid.IntRange(1, 3).Draw(t, "steps")
		k, p := drawProblem(t, steps, awkward...)
		rows := rapid.Permutation(sequence(p.batch)).Draw(t, "rows")
		rows = rows[:rapid.IntRange(1, p.batch).Draw(t, "kept")]
		l := newLayerOf(k, p)
		got, want := solve(l, pick(p, rows), steps), solve(l, p, steps)
		checkEqual(t, "y", got.y, pickRows(want.y, p.hidden, p.batch, rows))
		checkEqual(t, "h", got.h, pickRows(want.h, p.hidden, p.batch, rows))
		checkEqual(t, "c", got.c, pickRows(want.c, p.hidden, p.batch, rows))
		checkEqual(t, "dx", got.dx, pickRows(want.dx, p.input, p.batch, rows))
		checkEqual(t, "dh0", got.dh0, pickRows(want.dh0, p.hidden, p.batch, rows))
		checkEqual(t, "dc0", got.dc0, pickRows(want.dc0, p.hidden, p.batch, rows))
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

// pick returns the problem of some of the batch's rows.
func pick(p *problem, rows []int) *problem {
	q := *p
	q.batch = len(rows)
	q.x = pickRows(p.x, p.input, p.batch, rows)
	for _, v := range []*[]float64{&q.h0, &q.c0, &q.dy, &q.dh, &q.dc} {
		*v = pickRows(*v, p.hidden, p.batch, rows)
	}
	return &q
}

// pickRows picks rows of width values from each [batch] of values.
func pickRows[V any](values []V, width, batch int, rows []int) (picked []V) {
	for step := range slices.Chunk(values, batch*width) {
		for _, row := range rows {
			picked = append(picked, step[row*width:(row+1)*width]...)
		}
	}
	return picked
}

// Whatever a kernel leaves in padded lanes, real units and gradients do not see
// it, and the padding of the gradients stays zero.
func TestPaddingIsIsolated(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		k, p := drawProblem(t, 2, 1, 3, 7, 15)
		want := solve(newLayerOf(k, p), p, 2)
		got := solve(newLayerOf(poisonedKernel{k, p.hidden}, p), p, 1, 1)
		checkStates(t, got, want)
		for _, values := range [][]float32{got.gradients.w, got.gradients.u, got.gradients.b} {
			for i, v := range values {
				if v != v || i%BlockUnits >= p.hidden && v != 0 {
					t.Fatalf("%s: gradient %d of %d units is %v", k.Name(), i, p.hidden, v)
				}
			}
		}
	})
}

// A layer that is padded gives what one gives whose units fill whole blocks, the
// added ones with weights, states and cotangents of zero.
func TestPaddedEqualsUnpadded(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		k, p := drawProblem(t, 2, 1, 3, 7, 15, 17, 33)
		q := withUnits(p, k.Leaves(), wholeBlocks(p.hidden))
		want, got := solve(newLayerOf(k, p), p, 2), solve(newLayerOf(k, q), q, 2)
		narrow := func(states []float32) []float32 { return cut(states, q.hidden, p.hidden) }
		checkEqual(t, "y", narrow(got.y), want.y)
		checkEqual(t, "h", narrow(got.h), want.h)
		checkEqual(t, "c", narrow(got.c), want.c)
		checkEqual(t, "dx", got.dx, want.dx)
		checkEqual(t, "dh0", narrow(got.dh0), want.dh0)
		checkEqual(t, "dc0", narrow(got.dc0), want.dc0)
		gw, ww := got.gradients.Export(), want.gradients.Export()
		checkEqual(t, "dkernel", narrow(gw.Kernel), ww.Kernel)
		checkEqual(t, "dbias", narrow(gw.Bias), ww.Bias)
		checkEqual(t, "drecurrent", narrow(gw.Recurrent)[:len(ww.Recurrent)], ww.Recurrent)
	})
}

// withUnits returns the problem with more units, which are zero.
func withUnits(p *problem, leaves, hidden int) *problem {
	q := *p
	q.hidden = hidden
	for _, v := range []*[]float64{&q.h0, &q.c0, &q.dy, &q.dh, &q.dc, &q.kernel, &q.recurrent, &q.bias} {
		*v = pad(*v, p.hidden, hidden)
	}
	q.recurrent = append(q.recurrent, make([]float64, (hidden-p.hidden)*leaves*hidden)...)
	return &q
}

// pad makes rows of some width wider with zeros; nil stays nil.
func pad(values []float64, from, to int) (padded []float64) {
	for row := range slices.Chunk(values, from) {
		padded = append(append(padded, row...), make([]float64, to-from)...)
	}
	return padded
}

// cut makes rows of some width narrower.
func cut(values []float32, from, to int) (rest []float32) {
	for row := range slices.Chunk(values, from) {
		rest = append(rest, row[:to]...)
	}
	return rest
}

// A row that is NaN makes no other row NaN.
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
	checkEqual(t, "y", pickRows(got.y, 18, 4, others), pickRows(want.y, 18, 4, others))
	checkEqual(t, "dx", pickRows(got.dx, 5, 4, others), pickRows(want.dx, 5, 4, others))
}
