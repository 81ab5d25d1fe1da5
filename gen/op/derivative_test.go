package op

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// differentiable returns the operators that have derivatives.
func differentiable() []*Op {
	return slices.DeleteFunc(slices.Clone(Table()), func(o *Op) bool { return o.Derivative == nil })
}

// TestDerivatives compares every derivative with central differences of the
// definition, away from kinks. The bound is 1e-8, relative to max(1, |derivative|): a
// step of 1e-5 leaves 1e-10 of truncation and 1e-11 of rounding for values near 1,
// and 1e-8 of truncation 0.1 from a pole.
func TestDerivatives(t *testing.T) {
	const step, bound, away = 1e-5, 1e-8, 0.1
	r := rand.New(rand.NewPCG(3, 0))
	for _, o := range differentiable() {
		tried := 0
		for range 2000 {
			x := operands(r, o, 4)
			if o.Kink != nil && o.Kink(x) < away {
				continue
			}
			tried++
			dy := random(r, 2)
			for i, got := range gradient(o, x, dy) {
				up, down := slices.Clone(x), slices.Clone(x)
				up[i] += step
				down[i] -= step
				want := dy * (o.Define(up) - o.Define(down)) / (up[i] - down[i])
				if e := math.Abs(got-want) / max(1, math.Abs(want)); !(e <= bound) {
					t.Errorf("%s at %v: derivative %d is %v, differences say %v", o, x, i, got, want)
				}
			}
		}
		if tried < 500 {
			t.Errorf("%s: only %d of 2000 points are away from kinks", o, tried)
		}
	}
}

// TestKinks checks, where no derivative exists, the one that is promised, and derivatives at
// infinities, where a state may begin.
func TestKinks(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	for _, c := range []struct {
		op      *Op
		x, want []float64
	}{
		{Relu, []float64{0}, []float64{0}},
		{Relu, []float64{negativeZero}, []float64{0}},
		{Relu, []float64{1e-300}, []float64{1}},
		{Max, []float64{2, 2}, []float64{0.5, 0.5}},
		{Max, []float64{0, negativeZero}, []float64{0.5, 0.5}},
		{Max, []float64{2, math.Nextafter(2, 3)}, []float64{0, 1}},
		{Max, []float64{math.Nextafter(2, 3), 2}, []float64{1, 0}},
		{Max, []float64{math.Inf(1), math.Inf(1)}, []float64{0.5, 0.5}},
		{Max, []float64{math.Inf(-1), 0}, []float64{0, 1}},
		{Abs, []float64{0}, []float64{0}},
		{Abs, []float64{negativeZero}, []float64{0}},
		{Abs, []float64{math.Inf(-1)}, []float64{-1}},
		{Must("elu"), []float64{0}, []float64{1}},
		{Must("elu"), []float64{math.Inf(1)}, []float64{1}},
		{Must("elu"), []float64{math.Inf(-1)}, []float64{0}},
		{Where, []float64{0, 1, 2}, []float64{0, 0, 1}},
		{Where, []float64{negativeZero, math.NaN(), 2}, []float64{0, 0, 1}},
		{Where, []float64{1e-300, 1, math.NaN()}, []float64{0, 1, 0}},
		{Exp, []float64{math.Inf(-1)}, []float64{0}},
		{Must("softplus"), []float64{math.Inf(-1)}, []float64{0}},
		{Must("softplus"), []float64{math.Inf(1)}, []float64{1}},
		{Must("normcdf"), []float64{math.Inf(1)}, []float64{0}},
		{Must("log"), []float64{0}, []float64{math.Inf(1)}},
		{Sqrt, []float64{0}, []float64{math.Inf(1)}},
	} {
		got := gradient(c.op, c.x, 3)
		for i := range c.want {
			if got[i] != 3*c.want[i] {
				t.Errorf("%s at %v: derivative %d is %v of DY, want %v", c.op, c.x, i, got[i]/3, c.want[i])
			}
		}
	}
}

// TestKinkMeasures finds, by bisection, places where an operator or its derivative
// jumps. At all of them Kink, which gradient checks rely on, must be 0; an operator
// without jumps must not have a Kink.
func TestKinkMeasures(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for _, o := range differentiable() {
		kinks := 0
		for range 200 {
			a, b := operands(r, o, 8), operands(r, o, 8)
			if o.Domain != nil && o.Domain[0].Low == 0 { // where there may be a pole
				a[0] = 0
			}
			at := jump(o, a, b)
			if at == nil {
				continue
			}
			kinks++
			if o.Kink == nil || !(o.Kink(at) < 1e-9) {
				t.Errorf("%s: Kink is not 0 at the jump at %v", o, at)
				break
			}
			if far := max(o.Kink(a), o.Kink(b)); !(far > 1e-3) {
				t.Errorf("%s: Kink is %v away from a jump, at %v and %v", o, far, a, b)
			}
		}
		if o.Kink != nil && kinks == 0 {
			t.Errorf("%s has a Kink but no jump", o)
		}
	}
}

// jump returns a point between a and b where o or its derivative jumps, or nil.
func jump(o *Op, a, b []float64) []float64 {
	const most = 1e-4 // a smooth function changes by less over the last interval
	x, y := slices.Clone(a), slices.Clone(b)
	for range 80 {
		middle := make([]float64, len(x))
		for i := range x {
			middle[i] = x[i] + (y[i]-x[i])/2
		}
		if change(o, x, middle) <= change(o, middle, y) {
			x = middle
		} else {
			y = middle
		}
	}
	if !(change(o, x, y) <= most) {
		return x
	}
	return nil
}

// change is the largest difference between the results and derivatives at two points,
// compressed to numbers below 1, so that a pole is a jump too. It is NaN at the pole.
func change(o *Op, a, b []float64) float64 {
	compress := func(x float64) float64 { return x / (1 + math.Abs(x)) }
	most := math.Abs(compress(o.Define(a)) - compress(o.Define(b)))
	g, h := gradient(o, a, 1), gradient(o, b, 1)
	for i := range g {
		most = max(most, math.Abs(compress(g[i])-compress(h[i])))
	}
	return most
}
