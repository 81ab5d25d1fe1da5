package nn

import (
	"math"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestAdamWAgainstReference compares with the algorithm as published, in float64, for a matrix,
// which decays, and a vector, which does not. The bound is absolute, for 50 updates.
func TestAdamWAgainstReference(t *testing.T) {
	p := runtime.Params{
		{Name: "w", Shape: []int{1, 1}, Value: []float32{0.5}, Grad: []float32{0}},
		{Name: "b", Shape: []int{1}, Value: []float32{0.5}, Grad: []float32{0}},
	}
	o := NewAdamW(0.1)
	o.WeightDecay = 0.25
	theta, m, v := [2]float64{0.5, 0.5}, 0.0, 0.0
	for update := 1; update <= 50; update++ {
		g := float64(float32(math.Sin(float64(update))))
		alpha := 0.1 / float64(update)
		m = 0.9*m + 0.1*g
		v = 0.999*v + 0.001*g*g
		mHat, vHat := m/(1-math.Pow(0.9, float64(update))), v/(1-math.Pow(0.999, float64(update)))
		for i, lambda := range []float64{0.25, 0} {
			theta[i] -= alpha * (mHat/(math.Sqrt(vHat)+1e-8) + lambda*theta[i])
			p[i].Grad[0] = float32(g)
		}
		o.LearningRate = alpha
		testkit.Check(o.Step(p))
		for i := range p {
			testkit.CheckClose(t, p[i].Name, p[i].Value, theta[i:i+1], 3e-7)
		}
	}
}

// TestAdamWDecays expects weights without gradients to decay by α·λ in each update, those alone
// that are chosen, and to end at 0.
func TestAdamWDecays(t *testing.T) {
	d := testkit.Must(NewDense(3, 2))
	params := d.Params("d").WithGradients()
	for _, p := range params {
		for i := range p.Value {
			p.Value[i] = float32(1 + i)
		}
	}
	o := NewAdamW(0.5)
	o.WeightDecay = 0.5
	testkit.Check(o.Step(params))
	testkit.CheckEqual(t, "kernel", params[0].Value, []float32{0.75, 1.5, 2.25, 3, 3.75, 4.5})
	testkit.CheckEqual(t, "bias", params[1].Value, []float32{1, 2})
	o.Decays = func(p runtime.Param) bool { return strings.HasSuffix(p.Name, ".bias") }
	testkit.Check(o.Step(params))
	testkit.CheckEqual(t, "kernel", params[0].Value, []float32{0.75, 1.5, 2.25, 3, 3.75, 4.5})
	testkit.CheckEqual(t, "bias", params[1].Value, []float32{0.75, 1.5})
	for range 300 {
		testkit.Check(o.Step(params))
	}
	testkit.CheckEqual(t, "bias", params[1].Value, []float32{0, 0})
	o.WeightDecay = 0
	params[1].Value[0] = 1e-40
	testkit.Check(o.Step(params))
	testkit.CheckEqual(t, "without decay", params[1].Value[:1], []float32{1e-40})
}

func TestAdamWChecks(t *testing.T) {
	l := testkit.Must(runtime.NewLayer(pairCell{}, 3, 5))
	params := l.Params("l").WithGradients()
	one := func(p runtime.Param) bool { return p.Name == "l.V" }
	for want, o := range map[string]*AdamW{
		"weight decay is -1, want at least 0":                     {WeightDecay: -1},
		"weight decay is NaN, want at least 0":                    {WeightDecay: math.NaN()},
		"learning rate times weight decay is 1.5, want at most 1": {Adam: Adam{LearningRate: 3}, WeightDecay: 0.5},
		"epsilon is 0": {},
		"l.W and l.V share their values, and only one of them decays": {Adam: *NewAdam(1), Decays: one},
	} {
		before := l.Export()
		checkError(t, o.Step(params), "AdamW Step: ", want)
		for name, v := range l.Export().Params {
			testkit.CheckEqual(t, name, v, before.Params[name])
		}
	}
	testkit.Check((&AdamW{Adam: *NewAdam(1)}).Step(params))
}

// TestSchedules compares with rates by hand.
func TestSchedules(t *testing.T) {
	for name, c := range map[string]struct {
		schedule Schedule
		want     []float64
	}{
		"constant":    {Constant(3), []float64{3, 3, 3}},
		"warm-up":     {Warmup(3, StepDecay(4, 0.5, 1)), []float64{1, 2, 3, 4, 2, 1}},
		"no warm-up":  {Warmup(-1, Constant(2)), []float64{2, 2}},
		"cosine":      {Cosine(3, 1, 4), []float64{3, 2 + math.Sqrt2/2, 2, 2 - math.Sqrt2/2, 1, 1}},
		"no cosine":   {Cosine(3, 1, 0), []float64{1, 1}},
		"steps":       {StepDecay(8, 0.5, 2), []float64{8, 8, 4, 4, 2}},
		"short steps": {StepDecay(8, 0.5, 0), []float64{8, 4, 2}},
	} {
		for update, want := range c.want {
			if got := c.schedule(update); math.Abs(got-want) > 1e-15 {
				t.Errorf("%s: update %d has the rate %v, want %v", name, update, got, want)
			}
		}
	}
}
