package op

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDerivatives compares every derivative with central differences of the
// definition. The bound is 1e-8, relative to max(1, |derivative|): a step of 1e-5
// leaves 1e-10 of truncation and 1e-11 of rounding for values near 1.
func TestDerivatives(t *testing.T) {
	const step, bound, jump = 1e-5, 1e-8, 1e-3
	r := rand.New(rand.NewPCG(3, 0))
	for _, o := range Table() {
		if o.Kind == Primitive {
			continue
		}
		for range 1000 {
			x := random(r, o.Arity, 4)
			if o.Kink != nil && o.Kink(x) < jump || jumps(o, x) < jump || o.Name == "div" && math.Abs(x[1]) < 0.3 {
				continue
			}
			dy := random(r, 1, 2)[0]
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
	}
}

// jumps is how far x is from where the operator itself jumps.
func jumps(o *Op, x []float64) float64 {
	switch o.Name {
	case "step":
		return math.Abs(x[0])
	case "wins":
		return math.Abs(x[0] - x[1])
	}
	return math.Inf(1)
}

// TestKinks holds the derivative where there is none to what the tool promises.
func TestKinks(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	for _, c := range []struct {
		op      string
		x, want []float64
	}{
		{"relu", []float64{0}, []float64{0}},
		{"relu", []float64{negativeZero}, []float64{0}},
		{"relu", []float64{1e-300}, []float64{1}},
		{"max", []float64{2, 2}, []float64{0.5, 0.5}},
		{"max", []float64{0, negativeZero}, []float64{0.5, 0.5}},
		{"max", []float64{2, math.Nextafter(2, 3)}, []float64{0, 1}},
		{"max", []float64{math.Nextafter(2, 3), 2}, []float64{1, 0}},
		{"max", []float64{math.Inf(1), math.Inf(1)}, []float64{0.5, 0.5}},
		{"max", []float64{math.Inf(-1), 0}, []float64{0, 1}},
	} {
		got := gradient(Must(c.op), c.x, 3)
		for i := range c.want {
			if got[i] != 3*c.want[i] {
				t.Errorf("%s at %v: derivative %d is %v of DY, want %v", c.op, c.x, i, got[i]/3, c.want[i])
			}
		}
	}
}

// TestKinkMeasures wants the distance that gradient checks rely on: 0 at a jump
// and growing away from it, however large the operands are.
func TestKinkMeasures(t *testing.T) {
	for _, c := range []struct {
		op        string
		near, far []float64
	}{
		{"relu", []float64{1e-9}, []float64{0.1}},
		{"relu", []float64{-1e-9}, []float64{-0.1}},
		{"max", []float64{1, 1 + 1e-9}, []float64{1, 1.2}},
		{"max", []float64{1e9, 1e9 + 1}, []float64{1e9, 1.2e9}},
	} {
		o := Must(c.op)
		if near, far := o.Kink(c.near), o.Kink(c.far); !(near > 0 && near < 2e-9 && far > 0.05) {
			t.Errorf("%s: %v at %v, %v at %v", o, near, c.near, far, c.far)
		}
	}
	for _, o := range Table() { // where the derivative branches there is a measure
		branches := o.Kind != Primitive && slices.ContainsFunc(o.Derivative, func(e *Expr) bool { return mentions(e, "step") || mentions(e, "wins") })
		if branches != (o.Kink != nil) {
			t.Errorf("%s: derivative branches %t, has a measure %t", o, branches, o.Kink != nil)
		}
	}
}

func mentions(e *Expr, name string) bool {
	return e.Op == name || slices.ContainsFunc(e.Args, func(a *Expr) bool { return mentions(a, name) })
}
