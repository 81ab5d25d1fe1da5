package op

import (
	"math"
	"testing"
)

// approximation bounds the error of a lowering that is evaluated in float64,
// relative to the definition: half a float32 ULP. What the runtime's tests
// measure beyond it is the rounding of float32 arithmetic. For sin and cos it is
// relative to max(|y|, 1e-6): beside a multiple of π the reduced argument is as
// exact as the five parts of π are.
const approximation = 6e-8

// grid calls f with 100,001 points from −limit to limit, denser near 0, and with
// limit divided by powers of two.
func grid(limit float64, f func(x float64)) {
	const n = 50_000
	for i := -n; i <= n; i++ {
		s := float64(i) / n
		f(limit * s * s * s)
	}
	for x := limit; x > 1e-40; x /= 2 {
		f(x)
		f(-x)
	}
}

func TestLowerings(t *testing.T) {
	limits := map[string]float64{"tanh": 30, "sigmoid": 100, "exp": 88, "sin": 1e4, "cos": 1e4, "relu": 1e30, "step": 1e30}
	for _, o := range Table() {
		if o.Lowering == nil || o.Arity != 1 {
			continue
		}
		limit, ok := limits[o.Name]
		if !ok {
			t.Fatalf("no range to test %s over", o)
		}
		delete(limits, o.Name)
		worst, at := 0.0, 0.0
		lowered, env := evaluator(o.Lowering), make(map[Var]float64)
		grid(limit, func(x float64) {
			want := o.Define([]float64{x})
			env[X0] = x
			got := lowered(env)
			floor := math.SmallestNonzeroFloat32
			if o.Name == "sin" || o.Name == "cos" {
				floor = 1e-6
			}
			if x != 0 && math.Abs(x) < floor { // sin x = x, relatively too
				floor = math.Abs(x)
			}
			if e := math.Abs(got-want) / max(math.Abs(want), floor); !(e <= worst) {
				worst, at = e, x
			}
		})
		t.Logf("%-8s %.1e at %v", o, worst, at)
		if !(worst <= approximation) {
			t.Errorf("%s: relative error %.1e at %v, bound %.0e", o, worst, at, approximation)
		}
	}
	for name := range limits {
		t.Errorf("%s was not tested", name)
	}
}

// TestLoweringEdges compares where formulas break: signed zeros, infinities and
// NaN, in every place.
func TestLoweringEdges(t *testing.T) {
	edges := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN()}
	exact := map[string]bool{"relu": true, "step": true, "wins": true} // the same at every edge
	for _, o := range Table() {
		if o.Lowering == nil {
			continue
		}
		for _, a := range edges {
			for _, b := range edges[:1+(o.Arity-1)*(len(edges)-1)] {
				x := []float64{a, b}[:o.Arity]
				got, want := evaluate(o.Lowering, bind(x)), o.Define(x)
				switch {
				case exact[o.Name] || a == 0 || math.IsNaN(a):
					wantSame(t, "lowering of "+o.Name, x, got, want)
				case math.IsInf(want, 0):
					got = float64(float32(got))
					wantSame(t, "lowering of "+o.Name, x, got, want)
				case !(math.Abs(got-want) <= approximation) && !(math.IsNaN(got) && math.IsNaN(want)): // absolute: |want| ≤ e
					t.Errorf("lowering of %s at %v is %v, want %v", o, x, got, want)
				}
			}
		}
	}
}

// TestNaN puts NaN in every operand of every operator that cells and their
// derivatives are made of.
func TestNaN(t *testing.T) {
	for _, o := range Table() {
		if o.Kind == Primitive {
			continue
		}
		for i := range o.Arity {
			for _, other := range []float64{0, 1, -1, math.Inf(1), math.Inf(-1), math.NaN()} {
				x := []float64{other, other}[:o.Arity]
				x[i] = math.NaN()
				if y := o.Define(x); !math.IsNaN(y) {
					t.Errorf("%s%v is %v", o, x, y)
				}
				if o.Lowering != nil && !math.IsNaN(evaluate(o.Lowering, bind(x))) {
					t.Errorf("the lowering of %s%v is a number", o, x)
				}
			}
		}
	}
}
