package lstm_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/runtime"
)

// TestTextbook compares with the textbook formulas:
//
//	i = σ(x·Wi + h·Ui + bi)    g = tanh(x·Wg + h·Ug + bg)
//	o = σ(x·Wo + h·Uo + bo)    f = σ(x·Wf + h·Uf + bf)
//	c' = f·c + i·g             h' = o·tanh(c')
//
// Leaf 0 is i, leaf 1 is g, the sum of leaves 2 and 3 is o, and leaf 4 is f.
func TestTextbook(t *testing.T) {
	const input, hidden, leaves = 5, 19, 5
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64()) / 3
		}
		return x
	}
	w := runtime.Weights{Kernel: draw(input * leaves * hidden), Recurrent: draw(hidden * leaves * hidden), Bias: draw(leaves * hidden)}
	layer, err := lstm.New(input, hidden)
	if err != nil {
		t.Fatal(err)
	}
	if err := layer.Import(w); err != nil {
		t.Fatal(err)
	}
	ws, err := layer.NewWorkspace(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := layer.NewState(1)
	if err != nil {
		t.Fatal(err)
	}
	stateH, stateC := s.Of("h"), s.Of("c")
	copy(stateH, draw(hidden))
	copy(stateC, draw(hidden))
	for step := range 4 {
		x := draw(input)
		h, c := textbook(x, stateH, stateC, w)
		if err := layer.Step(ws, s, x, nil); err != nil {
			t.Fatal(err)
		}
		for u := range hidden {
			if math.Abs(float64(stateH[u])-h[u]) > 1e-6 || math.Abs(float64(stateC[u])-c[u]) > 1e-6 {
				t.Fatalf("step %d, unit %d: h = %g, c = %g, want %g and %g", step, u, stateH[u], stateC[u], h[u], c[u])
			}
		}
	}
}

// textbook computes one step in float64.
func textbook(x, h, c []float32, w runtime.Weights) (hNext, cNext []float64) {
	hidden := len(h)
	width := 5 * hidden
	pre := func(leaf, u int) float64 {
		column := leaf*hidden + u
		sum := float64(w.Bias[column])
		for k, v := range x {
			sum += float64(v) * float64(w.Kernel[k*width+column])
		}
		for k, v := range h {
			sum += float64(v) * float64(w.Recurrent[k*width+column])
		}
		return sum
	}
	logistic := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	hNext, cNext = make([]float64, hidden), make([]float64, hidden)
	for u := range hidden {
		i, g := logistic(pre(0, u)), math.Tanh(pre(1, u))
		o, f := logistic(pre(2, u)+pre(3, u)), logistic(pre(4, u))
		cNext[u] = f*float64(c[u]) + i*g
		hNext[u] = o * math.Tanh(cNext[u])
	}
	return hNext, cNext
}

// TestFourSlots expects the two leaves of the output gate to be merged into one slot.
func TestFourSlots(t *testing.T) {
	if stage := (lstm.Kernel{}).Describe().Stages[0]; stage.Slots != 4 || len(stage.Products[0].Sums) != 4 {
		t.Errorf("stage %+v, want four slots", stage)
	}
}
