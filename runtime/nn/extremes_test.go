package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// magnitude draws a gradient or a rate of any size that float32 has.
func magnitude(t *rapid.T, name string, least float64) float64 {
	exponent := rapid.Float64Range(math.Log2(least), 128).Draw(t, name)
	return float64(float32(min(math.Exp2(exponent), math.MaxFloat32)))
}

// TestAdamOfExtremeGradients compares Adam with the algorithm as published, in float64, for
// gradients of any size, which change it by up to 76 orders of magnitude, any β, ε and
// number of earlier updates. An update may be off by 1e-5 of itself and of the rate, and by
// the rounding of the weight.
func TestAdamOfExtremeGradients(t *testing.T) {
	soak.Check(t, 2000, 100_000, func(t *rapid.T) {
		o := NewAdam(rapid.SampledFrom([]float64{1e-3, 1}).Draw(t, "rate"))
		o.Beta1 = rapid.SampledFrom([]float64{0.9, 0, 0.99, 0.5}).Draw(t, "beta1")
		o.Beta2 = rapid.SampledFrom([]float64{0.999, 0.99, 0.9999}).Draw(t, "beta2")
		o.Epsilon = rapid.SampledFrom([]float64{1e-8, 1, 0x1p-126}).Draw(t, "epsilon")
		p := runtime.Params{{Name: "p", Shape: []int{1}, Value: []float32{0.5}, Grad: []float32{0}}}
		r := reference{Adam: o, theta: 0.5}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "signs"), 0))
		size := magnitude(t, "gradient", 0x1p-126)
		for update := 1; update <= 30; update++ {
			if update%10 == 0 && rapid.Bool().Draw(t, "jump") {
				size = magnitude(t, "gradient", 0x1p-126)
			}
			g := float64(float32(size * (2*random.Float64() - 1)))
			r.step(float64(update), g)
			p[0].Grad[0] = float32(g)
			testkit.Check(o.Step(p))
			r.check(t, p[0].Value[0])
			if rapid.Bool().Draw(t, "restored") {
				again := &Adam{LearningRate: o.LearningRate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}
				testkit.Check(again.Restore(p, testkit.Must(o.State(p))))
				o = again
			}
		}
	})
}

// reference is Adam as published, in float64, and the most that float32 may be off.
type reference struct {
	*Adam
	theta, m, v, bound float64
}

func (r *reference) step(t, g float64) {
	r.m = r.Beta1*r.m + (1-r.Beta1)*g
	r.v = r.Beta2*r.v + (1-r.Beta2)*g*g
	mHat, vHat := r.m/(1-math.Pow(r.Beta1, t)), r.v/(1-math.Pow(r.Beta2, t))
	step := r.LearningRate * mHat / (math.Sqrt(vHat) + r.Epsilon)
	r.theta -= step
	r.bound += 1e-5*(r.LearningRate+math.Abs(step)) + 0x1p-23*math.Abs(r.theta)
}

func (r *reference) check(t testkit.T, got float32) {
	t.Helper()
	if !(math.Abs(float64(got)-r.theta) <= r.bound) {
		t.Fatalf("the weight is %v, want %v", got, r.theta)
	}
}

// TestLargeMomentIsRestored gives Adam a gradient whose square float32 cannot hold, and then,
// with and without a restored state, one whose square is less, but more than the root of
// the first.
func TestLargeMomentIsRestored(t *testing.T) {
	for _, restored := range []bool{false, true} {
		p, o := runtime.Params{{Name: "p", Shape: []int{1}, Value: []float32{0}, Grad: []float32{0}}}, NewAdam(1)
		r := reference{Adam: o}
		for i, g := range []float32{1e25, 1e16, -1e18} {
			r.step(float64(i+1), float64(g))
			p[0].Grad[0] = g
			testkit.Check(o.Step(p))
			r.check(t, p[0].Value[0])
			if restored {
				testkit.Check(o.Restore(p, testkit.Must(o.State(p))))
			}
		}
	}
}

// TestFiniteGradientsKeepWeightsFinite tries all that is accepted: any finite gradients
// and weights with any rate and decay. What float32 cannot hold is the largest it can.
func TestFiniteGradientsKeepWeightsFinite(t *testing.T) {
	decays := rapid.SampledFrom([]float64{0, 0.5, 0.9, 0.999, 1 - 0x1p-24})
	soak.Check(t, 2000, 100_000, func(t *rapid.T) {
		rate := rapid.SampledFrom([]float64{0, 1e-45, 1e-3, 1, 1e30, math.MaxFloat32}).Draw(t, "rate")
		adam := &Adam{LearningRate: rate, Beta1: decays.Draw(t, "beta1"), Beta2: decays.Draw(t, "beta2"), Epsilon: magnitude(t, "epsilon", smallest)}
		decaying := &AdamW{Adam: Adam{LearningRate: rate, Beta1: adam.Beta1, Beta2: adam.Beta2, Epsilon: adam.Epsilon}, WeightDecay: min(1, 1/rate), Decays: func(runtime.Param) bool { return true }}
		for _, o := range []Optimizer{adam, decaying, &SGD{LearningRate: rate, Momentum: decays.Draw(t, "momentum")}} {
			p := runtime.Params{{Name: "p", Shape: []int{3}, Value: []float32{0, 1, -math.MaxFloat32}, Grad: make([]float32, 3)}}
			for range 10 {
				for i := range p[0].Grad {
					g := magnitude(t, "gradient", 0x1p-149)
					p[0].Grad[i] = float32(rapid.SampledFrom([]float64{g, -g, 0}).Draw(t, "signed"))
				}
				testkit.Check(o.Step(p))
				if i := slices.IndexFunc(p[0].Value, func(v float32) bool { return v-v != 0 }); i >= 0 {
					t.Fatalf("%T makes weight %d %v", o, i, p[0].Value[i])
				}
				s := testkit.Must(o.State(p))
				testkit.Check(o.Restore(p, s))
			}
		}
	})
}

// TestManyUpdates lets Adam continue after as many updates as can be counted.
func TestManyUpdates(t *testing.T) {
	p := runtime.Params{{Name: "p", Shape: []int{1}, Value: []float32{1}, Grad: []float32{2}}}
	o := NewAdam(0.5)
	s := OptimizerState{Steps: math.MaxInt - 1, Arrays: []Array{{Name: "p.m", Shape: []int{1}, Values: []float32{2}}, {Name: "p.v", Shape: []int{1}, Values: []float32{4}}}}
	testkit.Check(o.Restore(p, s))
	for _, want := range []float32{0.5, 0, -0.5} {
		testkit.Check(o.Step(p))
		testkit.CheckEqual(t, "value", p[0].Value, []float32{want})
		testkit.Check(o.Restore(p, testkit.Must(o.State(p))))
	}
}

// TestWhatRatesAreAccepted tries every field of every optimizer, and maxNorm.
func TestWhatRatesAreAccepted(t *testing.T) {
	never := []float64{-1, -1e-300, math.Inf(-1), math.NaN()}
	for field, c := range map[string]struct {
		step   func(v float64) error
		accept []float64
		refuse []float64
	}{
		"SGD learning rate":  {stepOf(func(v float64) Optimizer { return NewSGD(v) }), []float64{0, 1e-300, math.MaxFloat32}, []float64{math.Inf(1), 1e39, 1e300}},
		"SGD momentum":       {stepOf(func(v float64) Optimizer { return &SGD{Momentum: v} }), []float64{0, 1 - 0x1p-24}, []float64{1, 0.99999999, 2}},
		"Adam learning rate": {stepOf(func(v float64) Optimizer { return NewAdam(v) }), []float64{0, 1e-300, math.MaxFloat32}, []float64{math.Inf(1), 1e39, 1e300}},
		"Adam beta1":         {stepOf(func(v float64) Optimizer { return &Adam{Beta1: v, Epsilon: 1} }), []float64{0, 1 - 0x1p-24}, []float64{1, 0.99999999, 2}},
		"Adam beta2":         {stepOf(func(v float64) Optimizer { return &Adam{Beta2: v, Epsilon: 1} }), []float64{0, 1 - 0x1p-24}, []float64{1, 0.99999999, 2}},
		"Adam epsilon":       {stepOf(func(v float64) Optimizer { return &Adam{Epsilon: v} }), []float64{smallest, 1, math.MaxFloat32}, []float64{0, 1e-45, 1e-39, 1e39, math.Inf(1)}},
		"ClipGradients maxNorm": {func(v float64) error {
			_, err := ClipGradients(runtime.Params{{Name: "p", Value: []float32{1}, Grad: []float32{1}}}, v)
			return err
		}, []float64{smallest, 1, 1e300, math.Inf(1)}, []float64{0, 1e-45, 1e-300}},
	} {
		function, name, _ := strings.Cut(field, " ")
		for _, v := range c.accept {
			testkit.Check(c.step(v))
		}
		for _, v := range append(c.refuse, never...) {
			checkError(t, c.step(v), function, fmt.Sprintf("%s is %v, want ", name, v))
		}
	}
}

// stepOf returns an update by an optimizer that has some value in one of its fields.
func stepOf(o func(v float64) Optimizer) func(v float64) error {
	return func(v float64) error {
		return o(v).Step(runtime.Params{{Name: "p", Value: []float32{1}, Grad: []float32{1}}})
	}
}

// TestMeansFade updates weights that get a gradient once and then none: what an optimizer
// remembers of it must become 0, not stay a denormal.
func TestMeansFade(t *testing.T) {
	momentum := NewSGD(0.1)
	momentum.Momentum = 0.9
	for _, optimizer := range []Optimizer{NewAdam(0.01), momentum} {
		params := runtime.Params{{Name: "w", Shape: []int{1}, Value: []float32{1}, Grad: []float32{1}}}
		for range 2000 {
			testkit.Check(optimizer.Step(params))
			params[0].Grad[0] = 0
		}
		for _, a := range testkit.Must(optimizer.State(params)).Arrays {
			if v := math.Abs(float64(a.Values[0])); v != 0 && v < 0x1p-95 {
				t.Errorf("%T: %s is %g", optimizer, a.Name, v)
			}
		}
	}
}
