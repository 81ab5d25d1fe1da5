package kernel

import (
	"flag"
	"math"
	"slices"
	"sort"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

var exhaustive = flag.Bool("exhaustive", false, "test elementwise functions on all float32 inputs")

// elementwise are the operators that every set of vectors has a function for. Their rows
// in the table state what is promised.
var elementwise = slices.DeleteFunc(slices.Clone(op.Table()), func(o *op.Op) bool { return !o.InAssembly() })

// definition returns the float64 definition of an operator of one operand.
func definition(o *op.Op) func(x float32) float64 {
	operands := make([]float64, 1)
	return func(x float32) float64 {
		operands[0] = float64(x)
		return o.Define(operands)
	}
}

// TestElementwiseError compares every set's functions with the definitions, in units in the
// last place of the exact result, on 2²⁴ inputs spread over all exponents, or on all inputs.
func TestElementwiseError(t *testing.T) {
	for _, o := range elementwise {
		sets := sets()
		t.Run(o.Name, func(t *testing.T) {
			t.Parallel()
			define := definition(o)
			x, want, got := make([]float32, 4096), make([]float64, 4096), make([]float32, 4096)
			worst, at := make([]float64, len(sets)), make([]float32, len(sets))
			for next := uint64(0); next < 1<<32; {
				next = inputs(x, next)
				for i := range x {
					want[i] = define(x[i])
				}
				for b := range sets {
					sets[b].functions[o.Name](got, x)
					for i, y := range got {
						if e := miss(o, want[i], y, float64(x[i])); e > worst[b] {
							worst[b], at[b] = e, x[i]
						}
					}
				}
			}
			for b := range sets {
				t.Logf("%s: largest error %.3f ULP, at %g", sets[b].name, worst[b], at[b])
				if worst[b] > o.ULP {
					t.Errorf("%s: error of %.3f ULP at %g is above %g", sets[b].name, worst[b], at[b], o.ULP)
				}
			}
		})
	}
}

// inputs fills x with float32 values by their bits, from next on, and returns the bits that
// follow.
func inputs(x []float32, next uint64) uint64 {
	stride := uint64(257)
	if *exhaustive {
		stride = 1
	}
	for i := range x {
		x[i] = math.Float32frombits(uint32(next))
		next += stride
	}
	return next
}

// miss returns how far a result is from the exact one for operands x, in ULP. It is
// infinite if the result is outside the operator's range or only one of the two is NaN, and
// zero where no bound is stated. An exact result too large for a float32 counts as infinity.
func miss(o *op.Op, exact float64, result float32, x ...float64) float64 {
	y := float64(result)
	switch {
	case math.IsNaN(exact) && math.IsNaN(y):
		return 0
	case !o.Range.Contains(y):
		return math.Inf(1)
	case !o.Covers(x...):
		return 0
	case math.IsNaN(exact) != math.IsNaN(y):
		return math.Inf(1)
	case math.Abs(exact) > math.MaxFloat32:
		if math.IsInf(y, int(math.Copysign(1, exact))) {
			return 0
		}
		exact = math.Copysign(math.MaxFloat32, exact)
	}
	return math.Abs(y-exact) / ulp(exact)
}

// ulp is the distance between float32 numbers around y.
func ulp(y float64) float64 {
	power := math.Float64frombits(math.Float64bits(y) &^ (1<<52 - 1)) // ±2ⁿ ≤ |y|
	return max(math.Abs(power)*0x1p-23, math.SmallestNonzeroFloat32)
}

// TestElementwiseEnds runs all operators, in every set, where formulas break: at infinities,
// NaN, zeros of both signs, and the largest and smallest numbers. Results that are exact in
// float32 must be exact.
func TestElementwiseEnds(t *testing.T) {
	defer func(name string) { testkit.Check(machine.UseVectors(name)) }(machine.Asked())
	const tiny, large = math.SmallestNonzeroFloat32, math.MaxFloat32
	ends := []float64{0, math.Copysign(0, -1), 1, -1, tiny, -tiny, large, -large, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, vectors := range machine.Sets() {
		testkit.Check(machine.UseVectors(vectors.String()))
		for o, f := range functions(t) {
			for n := range int(math.Pow(float64(len(ends)), float64(o.Arity))) {
				x, operands, got := make([]float64, o.Arity), make([][]float32, o.Arity), []float32{7}
				for i := range x {
					x[i] = ends[n%len(ends)]
					operands[i] = []float32{float32(x[i])}
					n /= len(ends)
				}
				f(got, operands)
				want := o.Define(x)
				exactly := o.Covers(x...) && want == float64(float32(want)) && (want != 0 || !o.EitherZero)
				if e := miss(o, want, got[0], x...); !(e <= o.ULP) || exactly && !same(got[0], float32(want)) {
					t.Errorf("%s: %s%v = %g, want %g", vectors, o, x, got[0], want)
				}
			}
		}
	}
}

// TestNoRealResult expects NaN, in every set, where a logarithm or root is not a real number.
func TestNoRealResult(t *testing.T) {
	defer func(name string) { testkit.Check(machine.UseVectors(name)) }(machine.Asked())
	x := []float32{-1, -math.SmallestNonzeroFloat32, -1e-30, -math.MaxFloat32, float32(math.Inf(-1))}
	for _, vectors := range machine.Sets() {
		testkit.Check(machine.UseVectors(vectors.String()))
		for _, name := range []string{"log", "sqrt"} {
			got := make([]float32, len(x))
			Functions()[name](got, [][]float32{x})
			for i, y := range got {
				if y == y {
					t.Errorf("%s: %s(%g) = %g", vectors, name, x[i], y)
				}
			}
		}
	}
}

// same reports whether both are NaN, or equal bit for bit.
func same(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// TestElementwiseTails goes up through every float32 around the point where a function
// reaches its limit: a function that is said to be monotone must not fall.
func TestElementwiseTails(t *testing.T) {
	for _, o := range elementwise {
		if !o.Monotone {
			continue
		}
		for _, sign := range []float32{1, -1} {
			near := math.Float32bits(0.8 * limit(o, sign))
			far := math.Float32bits(1.2 * limit(o, sign))
			x, y := make([]float32, far-near), make([]float32, far-near)
			for i := range x {
				x[i] = sign * math.Float32frombits(near+uint32(i))
			}
			if sign < 0 {
				slices.Reverse(x)
			}
			for _, b := range sets() {
				b.functions[o.Name](y, x)
				for i := range y[1:] {
					if y[i+1] < y[i] {
						t.Fatalf("%s: %s falls from %g to %g beside %g", b.name, o, y[i], y[i+1], x[i])
					}
				}
			}
		}
	}
}

// limit returns the magnitude from which on the rounded definition no longer changes.
func limit(o *op.Op, sign float32) float32 {
	define := definition(o)
	last := float32(define(sign * math.MaxFloat32))
	return math.Float32frombits(uint32(sort.Search(0x7f7fffff, func(bits int) bool {
		return float32(define(sign*math.Float32frombits(uint32(bits)))) == last
	})))
}
