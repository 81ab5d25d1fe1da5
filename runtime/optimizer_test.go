package runtime

import (
	"errors"
	"math"
	"testing"
)

func TestSGD(t *testing.T) {
	p := Param{"p", []float32{1, 2}, []float32{4, -8}}
	o := NewSGD(0.25)
	check(o.Step([]Param{p}))
	checkEqual(t, "plain", p.Value, []float32{0, 4})

	// With μ = 1/2 and a constant gradient, v = −ε·g·(1, 3/2, 7/4, …).
	p = Param{"p", []float32{0}, []float32{1}}
	o = &SGD{LearningRate: 1, Momentum: 0.5}
	for _, want := range []float32{-1, -2.5, -4.25} {
		check(o.Step([]Param{p}))
		checkEqual(t, "momentum", p.Value, []float32{want})
	}
	o.LearningRate = 0
	check(o.Step([]Param{p})) // momentum alone: v = −7/8
	checkEqual(t, "rate 0", p.Value, []float32{-5.125})
}

// With a constant gradient both corrected moments are constant, g and g², and
// every step is −α·g/(|g|+ε), whatever the size of g; of a zero it is zero.
func TestAdamOfConstantGradients(t *testing.T) {
	gradients := []float64{3, -1e-3, 1e4, 0}
	p := Param{"p", make([]float32, 4), to32(gradients)}
	o := NewAdam(0.01)
	want := make([]float64, 4)
	for range 20 {
		check(o.Step([]Param{p}))
		for i, g := range gradients {
			want[i] -= 0.01 * g / (math.Abs(g) + 1e-8)
		}
		checkClose(t, "value", p.Value, want, 3e-7)
	}
}

// Adam against the algorithm as printed, in float64, with changing gradients
// and learning rates. The bound is absolute, after 50 steps.
func TestAdamAgainstReference(t *testing.T) {
	p := Param{"p", []float32{0.5}, []float32{0}}
	o := NewAdam(0.1)
	theta, m, v := 0.5, 0.0, 0.0
	for step := 1; step <= 50; step++ {
		g := float64(float32(math.Sin(float64(step))))
		alpha := 0.1 / float64(step)
		m = 0.9*m + 0.1*g
		v = 0.999*v + 0.001*g*g
		mHat, vHat := m/(1-math.Pow(0.9, float64(step))), v/(1-math.Pow(0.999, float64(step)))
		theta -= alpha * mHat / (math.Sqrt(vHat) + 1e-8)

		p.Grad[0], o.LearningRate = float32(g), alpha
		check(o.Step([]Param{p}))
		checkClose(t, "value", p.Value, []float64{theta}, 3e-7)
	}
}

func TestOptimizersCheck(t *testing.T) {
	value := []float32{1, 2}
	p := []Param{{"p", value, []float32{1, 1}}}
	for _, o := range []Optimizer{NewSGD(1), NewAdam(1)} {
		checkError(t, o.Step([]Param{{"p", value, nil}}), "Step: p has 2 values and 0 gradients")
		check(o.Step(p))
		before := value[0]
		checkError(t, o.Step(nil), "0 parameters, had 1 before")
		checkError(t, o.Step(append(p, p...)), "2 parameters, had 1 before")
		checkError(t, o.Step([]Param{{"p", value[:1], value[:1]}}), "p has 1 values, had 2 before")
		if value[0] != before {
			t.Error("an error has changed the parameters")
		}
	}
	for want, o := range map[string]Optimizer{
		"learning rate is -1":   NewSGD(-1),
		"learning rate is NaN":  NewAdam(math.NaN()),
		"learning rate is +Inf": NewAdam(math.Inf(1)),
		"momentum is 1":         &SGD{Momentum: 1},
		"beta1 is -1":           &Adam{Beta1: -1, Epsilon: 1},
		"beta2 is 1":            &Adam{Beta2: 1, Epsilon: 1},
		"epsilon is 0":          &Adam{},
	} {
		checkError(t, o.Step(p), "Step: ", want)
	}
}

// An optimizer leaves the padding of a layer's weights zero.
func TestTrainingKeepsPaddingZero(t *testing.T) {
	const hidden = 5
	l := must(NewLayer(mixedKernel{bias: true}, 3, hidden))
	ws, s, g := must(l.NewWorkspace(2, 2)), must(l.NewState(2)), l.NewGradients()
	y, o := make([]float32, 2*2*hidden), NewAdam(0.1)
	x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	for range 5 {
		check(l.Forward(ws, s, x, y))
		check(l.Backward(ws, must(l.NewState(2)), y, nil, g))
		check(o.Step(l.Params(g)))
	}
	for _, p := range l.Params(g) {
		for i, v := range p.Value {
			if padding := i%BlockUnits >= hidden; padding && v != 0 {
				t.Fatalf("%s[%d] is %v", p.Name, i, v)
			}
		}
	}
}

func TestClipGradients(t *testing.T) {
	a, b := []float32{3, 0}, []float32{0, 4}
	params := []Param{{Grad: a}, {Grad: b}}
	for _, test := range []struct {
		max, norm float64
		a, b      []float32
	}{
		{6, 5, []float32{3, 0}, []float32{0, 4}},
		{5, 5, []float32{3, 0}, []float32{0, 4}},
		{2.5, 5, []float32{1.5, 0}, []float32{0, 2}},
		{2, 2.5, []float32{1.2, 0}, []float32{0, 1.6}},
	} {
		if norm := must(ClipGradients(params, test.max)); norm != test.norm {
			t.Errorf("norm is %v, want %v", norm, test.norm)
		}
		checkEqual(t, "a", a, test.a)
		checkEqual(t, "b", b, test.b)
	}
	a[0] = math.MaxFloat32 // its square is no float32
	if norm := must(ClipGradients(params, 1)); norm != math.MaxFloat32 || a[0] != 1 {
		t.Errorf("norm is %v, gradient %v", norm, a[0])
	}
	for _, v := range []float64{math.NaN(), math.Inf(-1)} {
		a[0] = float32(v)
		_, err := ClipGradients(params, 1)
		checkError(t, err, "not finite")
		if !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v is not ErrNotFinite", err)
		}
	}
	for _, v := range []float64{0, -1, math.NaN()} {
		_, err := ClipGradients(params, v)
		checkError(t, err, "maximal norm")
	}
}
