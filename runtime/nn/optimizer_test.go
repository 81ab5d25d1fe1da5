package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

func TestSGD(t *testing.T) {
	p := runtime.Param{Name: "p", Value: []float32{1, 2}, Grad: []float32{4, -8}}
	o := NewSGD(0.25)
	testkit.Check(o.Step(runtime.Params{p}))
	testkit.CheckEqual(t, "plain", p.Value, []float32{0, 4})

	// With μ = 1/2 and a constant gradient, v = −ε·g·(1, 3/2, 7/4, …).
	p = runtime.Param{Name: "p", Value: []float32{0}, Grad: []float32{1}}
	o = &SGD{LearningRate: 1, Momentum: 0.5}
	for _, want := range []float32{-1, -2.5, -4.25} {
		testkit.Check(o.Step(runtime.Params{p}))
		testkit.CheckEqual(t, "momentum", p.Value, []float32{want})
	}
	o.LearningRate = 0
	testkit.Check(o.Step(runtime.Params{p})) // momentum alone: v = −7/8
	testkit.CheckEqual(t, "rate 0", p.Value, []float32{-5.125})
}

// TestAdamOfConstantGradients: with a constant gradient g, both corrected moments are
// constant, g and g², and every update is −α·g/(|g|+ε), whatever the size of g, and zero for
// zero.
func TestAdamOfConstantGradients(t *testing.T) {
	gradients := []float64{3, -1e-3, 1e4, 0}
	p := runtime.Param{Name: "p", Value: make([]float32, 4), Grad: testkit.To32(gradients)}
	o := NewAdam(0.01)
	want := make([]float64, 4)
	for range 20 {
		testkit.Check(o.Step(runtime.Params{p}))
		for i, g := range gradients {
			want[i] -= 0.01 * g / (math.Abs(g) + 1e-8)
		}
		testkit.CheckClose(t, "value", p.Value, want, 3e-7)
	}
}

// TestAdamAgainstReference compares with the algorithm as published, in float64, with
// changing gradients and learning rates. The bound is absolute, for 50 updates.
func TestAdamAgainstReference(t *testing.T) {
	p := runtime.Param{Name: "p", Value: []float32{0.5}, Grad: []float32{0}}
	o := NewAdam(0.1)
	theta, m, v := 0.5, 0.0, 0.0
	for update := 1; update <= 50; update++ {
		g := float64(float32(math.Sin(float64(update))))
		alpha := 0.1 / float64(update)
		m = 0.9*m + 0.1*g
		v = 0.999*v + 0.001*g*g
		mHat, vHat := m/(1-math.Pow(0.9, float64(update))), v/(1-math.Pow(0.999, float64(update)))
		theta -= alpha * mHat / (math.Sqrt(vHat) + 1e-8)

		p.Grad[0], o.LearningRate = float32(g), alpha
		testkit.Check(o.Step(runtime.Params{p}))
		testkit.CheckClose(t, "value", p.Value, []float64{theta}, 3e-7)
	}
}

func TestOptimizersCheck(t *testing.T) {
	value := []float32{1, 2}
	p := runtime.Params{{Name: "p", Value: value, Grad: []float32{1, 1}}}
	other := runtime.Params{{Name: "q", Value: value, Grad: []float32{1, 1}}}
	for _, o := range []Optimizer{NewSGD(1), NewAdam(1)} {
		checkError(t, o.Step(runtime.Params{{Name: "p", Value: value}}), "Step: p has no gradients (see Params.WithGradients)")
		checkError(t, o.Step(append(p, p...)), "two parameters are named p")
		testkit.Check(o.Step(p))
		before := value[0]
		checkError(t, o.Step(nil), "0 parameters, had 1 before")
		checkError(t, o.Step(append(p, p...)), "two parameters are named p")
		checkError(t, o.Step(other), "q was not among the parameters before")
		checkError(t, o.Step(runtime.Params{{Name: "p", Value: value[:1], Grad: value[:1]}}), "p has 1 values, had 2 before")
		if value[0] != before {
			t.Error("an error has changed the parameters")
		}
	}
	for want, o := range map[string]Optimizer{
		"learning rate is -1":     NewSGD(-1),
		"learning rate is NaN":    NewAdam(math.NaN()),
		"learning rate is +Inf":   NewAdam(math.Inf(1)),
		"learning rate is 1e+300": NewSGD(1e300),
		"momentum is 1":           &SGD{Momentum: 1},
		"beta1 is -1":             &Adam{Beta1: -1, Epsilon: 1},
		"beta2 is 1":              &Adam{Beta2: 1, Epsilon: 1},
		"epsilon is 0":            &Adam{},
	} {
		checkError(t, o.Step(p), "Step: ", want)
	}
}

// TestOptimizerOrder gives parameters in another order at every update: what is remembered
// goes by name.
func TestOptimizerOrder(t *testing.T) {
	for name, o := range optimizers() {
		var got [2][]float32
		for i, reverse := range []bool{false, true} {
			params := runtime.Params{
				{Name: "a", Value: []float32{1, 2}, Grad: []float32{0.5, -1}},
				{Name: "b", Value: []float32{3, 4}, Grad: []float32{-7, 2}},
			}
			a, b := params[0], params[1]
			o := o()
			for update := range 3 {
				if reverse && update%2 == 1 {
					params[0], params[1] = b, a
				} else {
					params[0], params[1] = a, b
				}
				testkit.Check(o.Step(params))
			}
			got[i] = append(append(got[i], a.Value...), b.Value...)
		}
		testkit.CheckEqual(t, name, got[1], got[0])
	}
}

func optimizers() map[string]func() Optimizer {
	return map[string]func() Optimizer{
		"SGD":   func() Optimizer { return &SGD{LearningRate: 0.1, Momentum: 0.9} },
		"Adam":  func() Optimizer { return NewAdam(0.1) },
		"AdamW": func() Optimizer { return NewAdamW(0.1) },
	}
}

// TestOptimizerState saves an optimizer's state after some updates and restores it for a copy
// of the model that was exported and imported: both continue alike, bit for bit. The cell
// has leaves that share a slot.
func TestOptimizerState(t *testing.T) {
	for name, newOptimizer := range optimizers() {
		m, o := newModel(), newOptimizer()
		for range 3 {
			m.gradients()
			testkit.Check(o.Step(m.params))
		}
		s := testkit.Must(o.State(m.params))
		if s.Steps != 3 || len(s.Arrays) != len(m.params)*map[string]int{"SGD": 1, "Adam": 2, "AdamW": 2}[name] {
			t.Errorf("%s: %d updates, %d arrays", name, s.Steps, len(s.Arrays))
		}
		again, o2 := newModel(), newOptimizer()
		for i, p := range again.params {
			testkit.Check(p.Import(p.Value, testkit.Must(m.params[i].Export(m.params[i].Value))))
		}
		again.drawn = m.drawn
		testkit.Check(o2.Restore(again.params, s))
		for range 3 {
			for _, x := range []struct {
				m *model
				o Optimizer
			}{{m, o}, {again, o2}} {
				x.m.gradients()
				testkit.Check(x.o.Step(x.m.params))
			}
		}
		for i, p := range m.params {
			testkit.CheckEqual(t, name+": "+p.Name, again.params[i].Value, p.Value)
		}
	}
}

// model is an embedding, a layer and a projection, with random gradients.
type model struct {
	params runtime.Params
	drawn  int
}

func newModel() *model {
	e, l, d := testkit.Must(NewEmbedding(5, 3)), testkit.Must(lstm.New(3, 17)), testkit.Must(NewDense(17, 4))
	return &model{params: slices.Concat(e.Params("embedding"), l.Params("layer0"), d.Params("head")).WithGradients()}
}

// gradients draws gradients for real units only; padding has none, as after Backward.
func (m *model) gradients() {
	m.drawn++
	random := rand.New(rand.NewPCG(uint64(m.drawn), 0))
	m.params.Zero()
	for _, p := range m.params {
		outside := testkit.Must(p.Export(p.Grad))
		for i := range outside {
			outside[i] = 2*random.Float32() - 1
		}
		testkit.Check(p.Import(p.Grad, outside))
	}
}

// TestRestoreIsChecked breaks a state in one way at a time, and expects an error and no
// change.
func TestRestoreIsChecked(t *testing.T) {
	for name, newOptimizer := range optimizers() {
		m, o := newModel(), newOptimizer()
		m.gradients()
		testkit.Check(o.Step(m.params))
		good := testkit.Must(o.State(m.params))
		for want, damage := range map[string]func(s *OptimizerState){
			fmt.Sprintf("the state has %d steps", math.MaxInt): func(s *OptimizerState) { s.Steps = math.MaxInt },
			" twice":                            func(s *OptimizerState) { s.Arrays = append(s.Arrays, s.Arrays[0]) },
			"the state has -1 steps":            func(s *OptimizerState) { s.Steps = -1 },
			"the state has no embedding.":       func(s *OptimizerState) { s.Arrays = s.Arrays[1:] },
			"the state has no embedding.table.": func(s *OptimizerState) { s.Arrays = nil },
			"the state has stranger":            func(s *OptimizerState) { s.Arrays = append(s.Arrays, Array{Name: "stranger"}) },
			"has shape [3 5], want [5 3]":       func(s *OptimizerState) { s.Arrays[0].Shape = []int{3, 5} },
			"outside has 14 values":             func(s *OptimizerState) { s.Arrays[0].Values = s.Arrays[0].Values[1:] },
		} {
			s := good
			s.Arrays = slices.Clone(good.Arrays)
			damage(&s)
			checkError(t, o.Restore(m.params, s), name+" Restore: ", want)
			if now := testkit.Must(o.State(m.params)); !reflect.DeepEqual(now, good) {
				t.Errorf("%s: a refused state has changed the optimizer", name)
			}
		}
		if _, err := o.State(m.params[1:]); err == nil {
			t.Errorf("%s: no error for other parameters", name)
		}
		twice := slices.Clone(m.params)
		twice[1] = twice[0]
		_, err := o.State(twice)
		checkError(t, err, name+" State: two parameters are named embedding.table")
		fresh := newOptimizer()
		testkit.Check(fresh.Restore(m.params, testkit.Must(newOptimizer().State(m.params))))
		testkit.Check(fresh.Step(m.params))
	}
}

func TestMomentsAreChecked(t *testing.T) {
	p := runtime.Params{{Name: "p", Shape: []int{2}, Value: []float32{1, 2}}}
	s := OptimizerState{Steps: 1, Arrays: []Array{{Name: "p.m", Shape: []int{2}, Values: []float32{-1, 1}}, {Name: "p.v", Shape: []int{2}, Values: []float32{1, -1}}}}
	checkError(t, NewAdam(1).Restore(p, s), "Adam Restore: p.v has a negative value")
	s.Arrays[1].Values[1] = 0
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		s.Arrays[0].Values[0] = bad
		checkError(t, NewAdam(1).Restore(p, s), fmt.Sprintf("Adam Restore: value 0 of p.m is %v", bad))
	}
	s.Arrays[0].Values[0] = -1
	testkit.Check(NewAdam(1).Restore(p, s))
}

// TestTrainingKeepsPaddingZero expects the padding of a layer's weights to stay zero.
func TestTrainingKeepsPaddingZero(t *testing.T) {
	const hidden = 5
	for _, build := range []func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error){lstm.New, nascell.New} {
		l := testkit.Must(build(3, hidden))
		ws, s, params := testkit.Must(l.NewWorkspace(2, 2)), testkit.Must(l.NewState(2)), l.Params("layer").WithGradients()
		y, o := make([]float32, 2*2*hidden), NewAdam(0.1)
		x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		for range 5 {
			testkit.Check(l.Forward(ws, s, x, y))
			testkit.Check(l.Backward(ws, testkit.Must(l.NewState(2)), y, nil, params))
			testkit.Check(o.Step(params))
		}
		for _, p := range params {
			for i, v := range p.Value {
				if padding := i%kernel.Units >= hidden; padding && v != 0 {
					t.Fatalf("%s[%d] is %v", p.Name, i, v)
				}
			}
		}
	}
}

func TestClipGradients(t *testing.T) {
	a, b := []float32{3, 0}, []float32{0, 4}
	params := runtime.Params{{Value: a, Grad: a}, {Value: b, Grad: b}}
	for _, test := range []struct {
		max, norm float64
		a, b      []float32
	}{
		{6, 5, []float32{3, 0}, []float32{0, 4}},
		{5, 5, []float32{3, 0}, []float32{0, 4}},
		{2.5, 5, []float32{1.5, 0}, []float32{0, 2}},
		{2, 2.5, []float32{1.2, 0}, []float32{0, 1.6}},
	} {
		if norm := testkit.Must(ClipGradients(params, test.max)); norm != test.norm {
			t.Errorf("norm is %v, want %v", norm, test.norm)
		}
		testkit.CheckEqual(t, "a", a, test.a)
		testkit.CheckEqual(t, "b", b, test.b)
	}
	a[0] = math.MaxFloat32 // its square overflows float32
	if norm := testkit.Must(ClipGradients(params, 1)); norm != math.MaxFloat32 || a[0] != 1 {
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
		checkError(t, err, "maxNorm is")
	}
	_, err := ClipGradients(append(params, params[0]), 1)
	checkError(t, err, "overlap")
	_, err = ClipGradients(runtime.Params{{Name: "p", Value: a}}, 1)
	checkError(t, err, "p has no gradients")
}
