package runtime

import (
	"flag"
	"math"
	"testing"
)

var exhaustive = flag.Bool("exhaustive", false, "test elementwise functions on all float32 inputs")

// elementwise lists the functions with their float64 definitions and the bounds
// that the operator table states.
var elementwise = []struct {
	name  string
	f     func(float32) float32
	exact func(float64) float64
	ulp   float64
	most  float64 // the largest |x| that the bound covers
}{
	{"tanh", Tanh, math.Tanh, 2, math.Inf(1)},
	{"sigmoid", Sigmoid, logistic, 2.5, math.Inf(1)},
	{"exp", Exp, math.Exp, 1.5, math.Inf(1)},
	{"sin", Sin, math.Sin, 3.5, 1e5},
	{"cos", Cos, math.Cos, 3.5, 1e5},
}

func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// TestElementwiseError compares with the definitions, in units in the last
// place of the exact result, on 2²⁴ inputs that spread over all exponents, or on
// all there are.
func TestElementwiseError(t *testing.T) {
	stride := uint64(257)
	if *exhaustive {
		stride = 1
	}
	for _, e := range elementwise {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			worst, at := 0.0, float32(0)
			for bits := uint64(0); bits < 1<<32; bits += stride {
				x := math.Float32frombits(uint32(bits))
				got, want := e.f(x), e.exact(float64(x))
				if math.IsNaN(want) || math.Abs(want) > math.MaxFloat32 || math.Abs(float64(x)) > e.most {
					continue
				}
				if err := math.Abs(float64(got)-want) / ulp(want); !(err <= worst) {
					worst, at = err, x
				}
			}
			t.Logf("largest error %.3f ULP, at %g", worst, at)
			if !(worst <= e.ulp) {
				t.Errorf("error of %.3f ULP at %g is above %g", worst, at, e.ulp)
			}
		})
	}
}

// ulp is the distance of float32 numbers around y.
func ulp(y float64) float64 {
	_, e := math.Frexp(y)
	return math.Ldexp(1, max(e-24, -149))
}

// TestElementwiseEnds checks what no error bound says: limits, signs of zero,
// tiny numbers and NaN.
func TestElementwiseEnds(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	negZero := float32(math.Copysign(0, -1))
	const tiny = math.SmallestNonzeroFloat32
	for _, c := range []struct {
		name    string
		f       func(float32) float32
		x, want float32
	}{
		{"tanh", Tanh, inf, 1},
		{"tanh", Tanh, -inf, -1},
		{"tanh", Tanh, 10, 1},
		{"tanh", Tanh, -math.MaxFloat32, -1},
		{"tanh", Tanh, negZero, negZero},
		{"tanh", Tanh, tiny, tiny},
		{"tanh", Tanh, nan, nan},
		{"sigmoid", Sigmoid, inf, 1},
		{"sigmoid", Sigmoid, -inf, 0},
		{"sigmoid", Sigmoid, 0, 0.5},
		{"sigmoid", Sigmoid, 30, 1},
		{"sigmoid", Sigmoid, nan, nan},
		{"sigmoid", Sigmoid, -103, float32(math.Exp(-103))},
		{"exp", Exp, inf, inf},
		{"exp", Exp, -inf, 0},
		{"exp", Exp, 0, 1},
		{"exp", Exp, 88.8, inf},
		{"exp", Exp, -104, 0},
		{"exp", Exp, nan, nan},
		{"sin", Sin, negZero, negZero},
		{"sin", Sin, tiny, tiny},
		{"sin", Sin, inf, nan},
		{"sin", Sin, nan, nan},
		{"cos", Cos, 0, 1},
		{"cos", Cos, -inf, nan},
		{"cos", Cos, nan, nan},
		{"relu", Relu, -1, 0},
		{"relu", Relu, 2, 2},
		{"relu", Relu, nan, nan},
		{"step", Step, 0, 0},
		{"step", Step, tiny, 1},
		{"step", Step, -inf, 0},
		{"step", Step, inf, 1},
		{"step", Step, nan, nan},
	} {
		got := c.f(c.x)
		if math.Float32bits(got) != math.Float32bits(c.want) && !(got != got && c.want != c.want) {
			t.Errorf("%s(%g) = %g, want %g", c.name, c.x, got, c.want)
		}
	}
	for _, c := range []struct{ x, y, want float32 }{{1, 2, 0}, {2, 1, 1}, {1, 1, 0.5}, {inf, inf, 0.5}, {nan, 1, nan}, {1, nan, nan}} {
		if got := Wins(c.x, c.y); got != c.want && !(got != got && c.want != c.want) {
			t.Errorf("Wins(%g, %g) = %g, want %g", c.x, c.y, got, c.want)
		}
	}
}

// TestSineStaysInRange checks that even where its argument means nothing any
// more the sine is no larger than 1.
func TestSineStaysInRange(t *testing.T) {
	for bits := uint32(0); bits < 0x7f800000; bits += 997 {
		x := math.Float32frombits(bits)
		if y, z := Sin(x), Cos(x); !(abs(y) <= 1 && abs(z) <= 1) {
			t.Fatalf("sin %g = %g, cos = %g", x, y, z)
		}
	}
}

// TestFunctions checks the slice functions against the scalar ones.
func TestFunctions(t *testing.T) {
	x, y := []float32{-2, -0.5, 0, 0.5, 3}, []float32{1, -0.5, 0.25, -4, 3}
	dst := make([]float32, len(x))
	want := map[string]func(x, y float32) float32{
		"add": func(x, y float32) float32 { return x + y }, "sub": func(x, y float32) float32 { return x - y },
		"mul": func(x, y float32) float32 { return x * y }, "div": func(x, y float32) float32 { return x / y },
		"max": func(x, y float32) float32 { return max(x, y) }, "wins": Wins,
		"neg": func(x, _ float32) float32 { return -x }, "tanh": func(x, _ float32) float32 { return Tanh(x) },
		"sigmoid": func(x, _ float32) float32 { return Sigmoid(x) }, "exp": func(x, _ float32) float32 { return Exp(x) },
		"sin": func(x, _ float32) float32 { return Sin(x) }, "cos": func(x, _ float32) float32 { return Cos(x) },
		"relu": func(x, _ float32) float32 { return Relu(x) }, "step": func(x, _ float32) float32 { return Step(x) },
	}
	functions := Functions()
	for name, f := range functions {
		f(dst, [][]float32{x, y})
		for i := range dst {
			if w := want[name](x[i], y[i]); dst[i] != w {
				t.Errorf("%s(%g, %g) = %g, want %g", name, x[i], y[i], dst[i], w)
			}
		}
	}
	if len(functions) != len(want) {
		t.Errorf("%d functions, want %d", len(functions), len(want))
	}
}

func BenchmarkElementwise(b *testing.B) {
	x := make([]float32, 1024)
	for i := range x {
		x[i] = float32(i-512) / 64
	}
	dst := make([]float32, len(x))
	for name, f := range Functions() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(dst, [][]float32{x, x})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
		})
	}
}
