package op

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// approximation bounds the error of a lowering evaluated in float64, relative to the
// definition: half a float32 ULP. The rest of the error that the runtime's tests measure
// is the rounding of float32 arithmetic.
const approximation = 6e-8

// spread calls f with float32 numbers of all sizes in an interval, and with 100,001 that
// are denser near 0, up to the end of the interval or, if that is far, to 128.
func spread(d Interval, f func(x float64)) {
	limit := 128.0
	if d != (Interval{}) && max(-d.Low, d.High) < 1e6 {
		limit = max(-d.Low, d.High)
	}
	visit := func(x float64) {
		if d.Contains(x) {
			f(x)
		}
	}
	const n = 50_000
	for i := -n; i <= n; i++ {
		s := float64(i) / n
		visit(float64(float32(limit * s * s * s)))
	}
	for x := math.MaxFloat32; x > 1e-40; x /= 1.0625 {
		visit(float64(float32(x)))
		visit(-float64(float32(x)))
	}
}

// TestLowerings compares the lowerings with the definitions over the whole domain.
func TestLowerings(t *testing.T) {
	for _, o := range Table() {
		if o.Lowering == nil {
			continue
		}
		worst, at := 0.0, []float64(nil)
		lowered := evaluator(o.Lowering)
		compare := func(x ...float64) {
			if e := lowered.miss(o, x); !(e <= worst) {
				worst, at = e, x
			}
		}
		if o.Arity == 1 {
			var domain Interval
			if o.Domain != nil {
				domain = o.Domain[0]
			}
			spread(domain, func(x float64) { compare(x) })
		}
		r := rand.New(rand.NewPCG(5, 0))
		for range 10_000 {
			compare(rounded(operands(r, o, math.Exp(random(r, 20))))...)
		}
		t.Logf("%-8s %.1e at %v", o, worst, at)
		if !(worst <= approximation) {
			t.Errorf("%s: relative error %.1e at %v, bound %.0e", o, worst, at, approximation)
		}
	}
}

func rounded(x []float64) []float64 {
	for i := range x {
		x[i] = float64(float32(x[i]))
	}
	return x
}

// miss is the relative error of the lowering of o at x. It is 0 if both results overflow
// float32 on the same side. The error is divided by the result, or by a floor if the result
// is smaller: the smallest normal float32, below which the spacing of float32 stays the
// same, or the operand if that is smaller still.
func (lowered function) miss(o *Op, x []float64) float64 {
	want, got := o.Define(x), lowered(bind(x))
	if over := float32(want); math.IsInf(float64(over), 0) && over == float32(got) {
		return 0
	}
	floor := 0x1p-126
	if a := math.Abs(x[0]); o.Arity == 1 && a != 0 {
		floor = min(floor, a)
	}
	return math.Abs(got-want) / max(math.Abs(want), floor)
}

// TestLoweringEdges compares lowerings where formulas break: at signed zeros, infinities
// and NaN, for every operand. Exact lowerings must give the same value everywhere; the
// others at zeros, where the result is a float32.
func TestLoweringEdges(t *testing.T) {
	edges := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, o := range Table() {
		if o.Lowering == nil {
			continue
		}
		for n := range pow(len(edges), o.Arity) {
			x := make([]float64, o.Arity)
			zeros := true
			for i := range x {
				x[i] = edges[n%len(edges)]
				zeros = zeros && x[i] == 0
				n /= len(edges)
			}
			if !o.Covers(x...) {
				continue
			}
			got, want := evaluate(o.Lowering, bind(x)), o.Define(x)
			switch {
			case o.ULP == 0 || zeros && want == float64(float32(want)) || math.IsNaN(want):
				wantSame(t, "lowering of "+o.Name, x, got, want)
			case math.IsInf(want, 0):
				got = float64(float32(got))
				wantSame(t, "lowering of "+o.Name, x, got, want)
			case !(math.Abs(got-want) <= approximation*max(1, math.Abs(want))):
				t.Errorf("lowering of %s at %v is %v, want %v", o, x, got, want)
			}
		}
	}
}

func pow(n, k int) int {
	p := 1
	for range k {
		p *= n
	}
	return p
}

// TestNaN puts NaN in every operand of every operator that can be differentiated, and so
// can be in a cell. Only an operand that Where does not take may be NaN.
func TestNaN(t *testing.T) {
	for _, o := range differentiable() {
		for i := range o.Arity {
			for _, other := range []float64{0, 1, -1, math.Inf(1), math.Inf(-1), math.NaN()} {
				x := slices.Repeat([]float64{other}, o.Arity)
				x[i] = math.NaN()
				if taken := map[bool]int{true: 1, false: 2}[other > 0]; o == Where && i != 0 && i != taken {
					if y := o.Define(x); y != other && !math.IsNaN(other) {
						t.Errorf("%s%v is %v", o, x, y)
					}
					continue
				}
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

// TestNoRealResult expects NaN, from definitions and lowerings, where a logarithm or root is
// not a real number.
func TestNoRealResult(t *testing.T) {
	for _, o := range []*Op{Must("log"), Sqrt} {
		for _, x := range []float64{-1, -1e-40, -1e30, math.Inf(-1)} {
			if y := o.Define([]float64{x}); !math.IsNaN(y) {
				t.Errorf("%s(%v) is %v", o, x, y)
			}
			if o.Lowering != nil && !math.IsNaN(evaluate(o.Lowering, bind([]float64{x}))) {
				t.Errorf("the lowering of %s(%v) is a number", o, x)
			}
		}
	}
}
