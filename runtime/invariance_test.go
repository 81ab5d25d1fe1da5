package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A sequence at once, in any chunks, and step by step is one function, bit for
// bit; so are its gradients, but for the sums of the weights' over chunks.
func TestChunksAndStepsEqualSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom(awkward)
		cell := rapid.SampledFrom(cells).Draw(t, "cell")
		chunks := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "chunks")
		steps := 0
		for _, n := range chunks {
			steps += n
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := newProblem(random, cell.kernel, steps, size.Draw(t, "batch"), size.Draw(t, "input"), size.Draw(t, "hidden"))
		l := newLayerOf(cell.kernel, p)
		want, got := solve(l, p, steps), solve(l, p, chunks...)
		checkEqual(t, "y", got.y, want.y)
		checkEqual(t, "h", got.h, want.h)
		checkEqual(t, "c", got.c, want.c)
		checkEqual(t, "dx", got.dx, want.dx)
		checkEqual(t, "dh0", got.dh0, want.dh0)
		checkEqual(t, "dc0", got.dc0, want.dc0)

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

// A row of the batch alone has the same results as among others, bit for bit.
func TestRowsAreIndependent(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	const steps, input, hidden = 3, 5, 19
	for _, cell := range cells {
		for _, batch := range []int{2, 17, 70} {
			p := newProblem(random, cell.kernel, steps, batch, input, hidden)
			l := newLayerOf(cell.kernel, p)
			want := solve(l, p, steps)
			order := random.Perm(batch)
			for _, rows := range [][]int{order, order[:1], order[:batch/2]} {
				got := solve(l, pick(p, rows), steps)
				checkEqual(t, "y", got.y, pickRows(want.y, hidden, batch, rows))
				checkEqual(t, "c", got.c, pickRows(want.c, hidden, batch, rows))
				checkEqual(t, "dx", got.dx, pickRows(want.dx, input, batch, rows))
				checkEqual(t, "dh0", got.dh0, pickRows(want.dh0, hidden, batch, rows))
				checkEqual(t, "dc0", got.dc0, pickRows(want.dc0, hidden, batch, rows))
			}
		}
	}
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
	random := rand.New(rand.NewPCG(9, 10))
	for _, cell := range cells {
		for _, hidden := range []int{1, 3, 15} {
			p := newProblem(random, cell.kernel, 4, 5, 3, hidden)
			want := solve(newLayerOf(cell.kernel, p), p, 4)
			got := solve(newLayerOf(poisonedKernel{cell.kernel, hidden}, p), p, 2, 2)
			checkEqual(t, "y", got.y, want.y)
			checkEqual(t, "dx", got.dx, want.dx)
			checkEqual(t, "dh0", got.dh0, want.dh0)
			checkEqual(t, "dc0", got.dc0, want.dc0)
			for _, values := range [][]float32{got.gradients.w, got.gradients.u, got.gradients.b} {
				for i, v := range values {
					if v != v || i%BlockUnits >= hidden && v != 0 {
						t.Fatalf("%s: gradient %d of %d units is %v", cell.kernel.Name(), i, hidden, v)
					}
				}
			}
		}
	}
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
