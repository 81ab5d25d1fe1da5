package simplecell_test

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
)

// TestArticle computes the example of Zoph & Le 2017, section 3.4, for one unit and one
// input:
//
//	a0 = tanh(W0·x + U0·h)              a0 ← ReLU(a0 + c)
//	a1 = ReLU((W1·x) ⊙ (U1·h))
//	h' = sigmoid(a0 ⊙ a1)               c' = (W1·x) ⊙ (U1·h)
func TestArticle(t *testing.T) {
	layer, err := simplecell.New(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	ws, err := layer.NewWorkspace(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ x, h, c, w0, w1, u0, u1 float32 }{
		{0.5, -0.25, 0.75, 1, -2, 0.5, 1.5},
		{-1, 0.5, -2, 0.3, 0.7, -0.2, 0.9}, // the injection's ReLU is off
		{0.5, 0.5, 0.1, 1, 1, 1, -1},       // the ReLU of leaf 1 is off
	} {
		w := runtime.Weights{Kernel: []float32{c.w0, c.w1}, Recurrent: []float32{c.u0, c.u1}}
		if err := layer.Import(w); err != nil {
			t.Fatal(err)
		}
		s, err := layer.NewState(1)
		if err != nil {
			t.Fatal(err)
		}
		s.Of("h")[0], s.Of("c")[0] = c.h, c.c
		if err := layer.Step(ws, s, []float32{c.x}, nil); err != nil {
			t.Fatal(err)
		}
		a0 := math.Max(0, math.Tanh(float64(c.w0*c.x+c.u0*c.h))+float64(c.c))
		p1 := float64(c.w1*c.x) * float64(c.u1*c.h)
		h := 1 / (1 + math.Exp(-a0*math.Max(0, p1)))
		if math.Abs(float64(s.Of("h")[0])-h) > 1e-6 || math.Abs(float64(s.Of("c")[0])-p1) > 1e-6 {
			t.Errorf("%+v: h = %g, c = %g, want %g and %g", c, s.Of("h")[0], s.Of("c")[0], h, p1)
		}
	}
}
