package runtime

import (
	"flag"
	"math"
	"testing"
)

var exhaustive = flag.Bool("exhaustive", false, "test elementwise functions on all float32 inputs")

// definition is a function with its definition, and what is promised of it.
type definition struct {
	name        string
	exact       func(float64) float64
	ulp         float64 // bounds the error
	most        float64 // the largest |x| that the bound covers
	least, peak float64 // what values never leave
}

// elementwise has the bounds that the operator table states.
var elementwise = []definition{
	{"tanh", math.Tanh, 2, math.Inf(1), -1, 1},
	{"sigmoid", logistic, 2.5, math.Inf(1), 0, 1},
	{"exp", math.Exp, 1.5, math.Inf(1), 0, math.Inf(1)},
	{"sin", math.Sin, 3.5, 1e5, -1, 1},
	{"cos", math.Cos, 3.5, 1e5, -1, 1},
}

func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// TestElementwiseError compares every set's functions with the definitions, in
// units in the last place of the exact result, on 2²⁴ inputs that spread over all
// exponents, or on all there are.
func TestElementwiseError(t *testing.T) {
	for i := range elementwise {
		e, sets := &elementwise[i], sets()
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			x, want, got := make([]float32, 4096), make([]float64, 4096), make([]float32, 4096)
			worst, at := make([]float64, len(sets)), make([]float32, len(sets))
			for next := uint64(0); next < 1<<32; {
				next = inputs(x, next)
				for i := range x {
					want[i] = e.exact(float64(x[i]))
				}
				for b := range sets {
					sets[b].functions[e.name](got, x)
					for i, y := range got {
						if miss := e.error(float64(x[i]), want[i], float64(y)); miss > worst[b] {
							worst[b], at[b] = miss, x[i]
						}
					}
				}
			}
			for b := range sets {
				t.Logf("%s: largest error %.3f ULP, at %g", sets[b].name, worst[b], at[b])
				if worst[b] > e.ulp {
					t.Errorf("%s: error of %.3f ULP at %g is above %g", sets[b].name, worst[b], at[b], e.ulp)
				}
			}
		})
	}
}

// inputs fills x with what follows the float32 numbered next, and returns the
// number after them.
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

// error returns how far y is from the exact value, in ULP: infinitely far if it is
// a number where there is none, or out of the function's range, and not at all
// where no bound is stated.
func (e *definition) error(x, exact, y float64) float64 {
	switch {
	case math.IsNaN(exact) && math.IsNaN(y):
		return 0
	case math.IsNaN(exact) || !(e.least <= y && y <= e.peak):
		return math.Inf(1)
	case math.Abs(exact) > math.MaxFloat32 || math.Abs(x) > e.most:
		return 0
	}
	return math.Abs(y-exact) / ulp(exact)
}

// ulp is the distance of float32 numbers around y.
func ulp(y float64) float64 {
	power := math.Float64frombits(math.Float64bits(y) &^ (1<<52 - 1)) // ±2ⁿ ≤ |y|
	return max(math.Abs(power)*0x1p-23, math.SmallestNonzeroFloat32)
}

// TestElementwiseEnds checks what no error bound says, with every set: limits,
// signs of zero, tiny numbers and NaN.
func TestElementwiseEnds(t *testing.T) {
	defer func(name string) { check(UseVectors(name)) }(forced)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	negZero := float32(math.Copysign(0, -1))
	const tiny = math.SmallestNonzeroFloat32
	for _, c := range []struct {
		name string
		x    []float32
		want float32
	}{
		{"tanh", []float32{inf}, 1},
		{"tanh", []float32{-inf}, -1},
		{"tanh", []float32{10}, 1},
		{"tanh", []float32{-math.MaxFloat32}, -1},
		{"tanh", []float32{negZero}, negZero},
		{"tanh", []float32{tiny}, tiny},
		{"tanh", []float32{nan}, nan},
		{"sigmoid", []float32{inf}, 1},
		{"sigmoid", []float32{-inf}, 0},
		{"sigmoid", []float32{0}, 0.5},
		{"sigmoid", []float32{30}, 1},
		{"sigmoid", []float32{nan}, nan},
		{"sigmoid", []float32{-103}, float32(math.Exp(-103))},
		{"exp", []float32{inf}, inf},
		{"exp", []float32{-inf}, 0},
		{"exp", []float32{0}, 1},
		{"exp", []float32{88.8}, inf},
		{"exp", []float32{-104}, 0},
		{"exp", []float32{nan}, nan},
		{"sin", []float32{negZero}, negZero},
		{"sin", []float32{tiny}, tiny},
		{"sin", []float32{inf}, nan},
		{"sin", []float32{nan}, nan},
		{"cos", []float32{0}, 1},
		{"cos", []float32{-inf}, nan},
		{"cos", []float32{nan}, nan},
		{"relu", []float32{-1}, 0},
		{"relu", []float32{2}, 2},
		{"relu", []float32{nan}, nan},
		{"step", []float32{0}, 0},
		{"step", []float32{tiny}, 1},
		{"step", []float32{-inf}, 0},
		{"step", []float32{inf}, 1},
		{"step", []float32{nan}, nan},
		{"wins", []float32{1, 2}, 0},
		{"wins", []float32{2, 1}, 1},
		{"wins", []float32{1, 1}, 0.5},
		{"wins", []float32{inf, inf}, 0.5},
		{"wins", []float32{nan, 1}, nan},
		{"wins", []float32{1, nan}, nan},
	} {
		var operands [][]float32
		for _, x := range c.x {
			operands = append(operands, []float32{x})
		}
		for _, vectors := range VectorSets() {
			check(UseVectors(vectors))
			got := []float32{7}
			Functions()[c.name](got, operands)
			if !same(got[0], c.want) {
				t.Errorf("%s: %s(%g) = %g, want %g", vectors, c.name, c.x, got[0], c.want)
			}
		}
	}
}

// same reports whether both are NaN, or equal bit for bit.
func same(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// TestElementwiseTails walks through every float32 of the ranges where functions
// reach their limits, up: values never come down.
func TestElementwiseTails(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to float32
	}{{"tanh", 8.5, 12}, {"sigmoid", 16, 20}, {"sigmoid", -106, -87}, {"exp", -106, -87}, {"exp", 88, 90}} {
		n := int(math.Float32bits(c.to)) - int(math.Float32bits(c.from))
		x := make([]float32, max(n, -n))
		for i := range x {
			x[i] = math.Float32frombits(math.Float32bits(c.from) + uint32(i*(n/len(x))))
		}
		y := make([]float32, len(x))
		for _, b := range sets() {
			b.functions[c.name](y, x)
			for i := range y[1:] {
				if y[i+1] < y[i] {
					t.Fatalf("%s: %s falls from %g to %g beside %g", b.name, c.name, y[i], y[i+1], x[i])
				}
			}
		}
	}
}
