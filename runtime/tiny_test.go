package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestTinyNumbersEnterAsZero gives a layer numbers below 2⁻⁹⁵ as inputs, states and
// cotangents of states: the results must be those of zeros. (Cotangents of y meet kernels
// first: see TestDenormals.)
func TestTinyNumbersEnterAsZero(t *testing.T) {
	soak.Check(t, someCases, manyCases, func(t *rapid.T) {
		const steps = 7 // more than an input product takes of many rows
		k, p := drawProblem(t, steps, testkit.Awkward...)
		q := *p
		tiny := rapid.SampledFrom([]float64{1e-39, -1e-39, math.SmallestNonzeroFloat32, 0x1.fp-96, math.Copysign(0, -1)}).Draw(t, "tiny")
		every := rapid.IntRange(1, 4).Draw(t, "every")
		for _, v := range []*[]float64{&q.x, &q.h0, &q.c0, &q.dh, &q.dc} {
			*v = slices.Clone(*v)
		}
		for _, pair := range [][2][]float64{{p.x, q.x}, {p.h0, q.h0}, {p.c0, q.c0}, {p.dh, q.dh}, {p.dc, q.dc}} {
			for i := 0; i < len(pair[0]); i += every {
				pair[0][i], pair[1][i] = 0, tiny
			}
		}
		l := newLayerOf(k, p)
		want, got := solve(l, p, steps), solve(l, &q, steps)
		checkStates(t, got, want)
		testkit.CheckEqual(t, "dW", got.gradients.w, want.gradients.w)
		testkit.CheckEqual(t, "dU", got.gradients.u, want.gradients.u)
	})
}

// TestTinyNumberInLargeInput puts one tiny number into zeros, in an x so large that workers
// divide it: the results must be those of zeros.
func TestTinyNumberInLargeInput(t *testing.T) {
	const steps, batch, width = 40, 8, 128
	p := newProblem(rand.New(rand.NewPCG(16, 1)), lstmKernel{}, steps, batch, width, width)
	for _, zeros := range [][]float64{p.x, p.h0, p.c0} {
		clear(zeros)
	}
	for _, workers := range []int{1, 3} {
		l := newLayerOf(lstmKernel{}, p)
		l.workers = workers
		ws := testkit.Must(l.NewWorkspace(steps, batch))
		for _, at := range []int{0, 2 * inputPart, len(p.x) - 1} {
			var results [2]result
			for i, v := range []float64{1e-38, 0} {
				p.x[at] = v
				results[i] = solveIn(l, p, []*Workspace{ws}, steps)
			}
			testkit.CheckEqual(t, "y", results[0].y, results[1].y)
			testkit.CheckEqual(t, "dx", results[0].dx, results[1].dx)
			testkit.CheckEqual(t, "dW", results[0].gradients.w, results[1].gradients.w)
		}
	}
}
