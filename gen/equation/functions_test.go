package equation

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
)

// definitions are the functions of the notation, written once more.
var definitions = map[string]func(x, a, b float64) float64{
	"sigmoid": func(x, _, _ float64) float64 { return 1 / (1 + math.Exp(-x)) },
	"tanh":    func(x, _, _ float64) float64 { return 1 - 2/(1+math.Exp(2*x)) },
	"relu":    func(x, _, _ float64) float64 { return max(x, 0) },
	"sin":     func(x, _, _ float64) float64 { return math.Sin(x) },
	"cos":     func(x, _, _ float64) float64 { return math.Cos(x) },
	"exp":     func(x, _, _ float64) float64 { return math.Exp(x) },
	"log":     func(x, _, _ float64) float64 { return math.Log(x) },
	"sqrt":    func(x, _, _ float64) float64 { return math.Sqrt(x) },
	"abs":     func(x, _, _ float64) float64 { return math.Abs(x) },
	"max":     func(x, a, _ float64) float64 { return max(x, a) },
	"min":     func(x, a, _ float64) float64 { return min(x, a) },
	"clamp":   func(x, a, b float64) float64 { return min(max(x, a), b) },
	"select": func(x, a, b float64) float64 {
		if x > 0 {
			return a
		}
		return b
	},
	"normcdf":    func(x, _, _ float64) float64 { return 0.5 + math.Erf(x/math.Sqrt2)/2 },
	"softplus":   func(x, _, _ float64) float64 { return math.Log(1 + math.Exp(x)) },
	"logsigmoid": func(x, _, _ float64) float64 { return math.Log(1 / (1 + math.Exp(-x))) },
	"silu":       func(x, _, _ float64) float64 { return x / (1 + math.Exp(-x)) },
	"gelu":       func(x, _, _ float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) },
	"elu":        elu,
	"selu": func(x, _, _ float64) float64 {
		return 1.0507009873554805 * (max(x, 0) + 1.6732632423543772*min(elu(x, 0, 0), 0))
	},
	"leaky_relu":   func(x, _, _ float64) float64 { return max(x, x/100) },
	"relu6":        func(x, _, _ float64) float64 { return min(max(x, 0), 6) },
	"hard_sigmoid": func(x, _, _ float64) float64 { return min(max(x/6+0.5, 0), 1) },
	"hard_tanh":    func(x, _, _ float64) float64 { return min(max(x, -1), 1) },
	"softsign":     func(x, _, _ float64) float64 { return x / (1 + math.Abs(x)) },
}

func elu(x, _, _ float64) float64 {
	if x > 0 {
		return x
	}
	return math.Expm1(x)
}

// TestFunctions compares the functions of the notation with other definitions, to 1e-14
// relative to max(1, |value|).
func TestFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for name, want := range definitions {
		f := functionNamed[name]
		if f == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		for range 1000 {
			x := arguments(r, f)
			three := append(append([]float64(nil), x...), 0, 0)
			got, want := f.Define(x), want(three[0], three[1], three[2])
			if !(math.Abs(got-want) <= 1e-14*max(1, math.Abs(want))) {
				t.Errorf("%s(%v) is %v, want %v", name, x, got, want)
				break
			}
		}
	}
}

// arguments draws arguments of a function, positive where it is a logarithm or root, and the
// bounds of clamp in order.
func arguments(r *rand.Rand, f *Function) []float64 {
	x := make([]float64, f.Arity)
	for i := range x {
		x[i] = 8 * (r.Float64() - 0.5)
	}
	switch f.Name {
	case "log", "sqrt":
		x[0] = math.Abs(x[0])
	case "clamp":
		x[1], x[2] = min(x[1], x[2]), max(x[1], x[2])
	}
	return x
}

// TestFunctionRows checks what every row must have, and that kinks are where derivatives jump:
// elsewhere, the slopes on both sides agree.
func TestFunctionRows(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	for _, f := range Functions() {
		if f.Doc == "" || strings.ContainsAny(f.Doc, "\n") || strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%s: doc %q", f.Name, f.Doc)
		}
		if functionNamed[f.Name] != f || f.Op != nil && f.Name != "select" && op.Lookup(f.Name) != f.Op || f.Body != nil && len(f.Params) != f.Arity {
			t.Errorf("%+v", f)
		}
		if (f.Op == nil) == (f.Body == nil) || f.Inline == nil {
			t.Errorf("%s must be an operator or have a body", f.Name)
		}
		for range 1000 {
			checkSlopes(t, f, arguments(r, f))
		}
	}
}

func checkSlopes(t *testing.T, f *Function, x []float64) {
	const step = 1e-5
	if f.Kink != nil && f.Kink(x) < 100*step {
		return
	}
	for i, at := range x {
		value := func(d float64) float64 {
			x[i] = at + d
			defer func() { x[i] = at }()
			return f.Define(x)
		}
		left, right := (value(0)-value(-step))/step, (value(step)-value(0))/step
		if math.Abs(left-right) > 1e-2*max(1, math.Abs(left)) {
			t.Errorf("%s(%v): slopes %v and %v", f.Name, x, left, right)
		}
	}
}

// TestExtremes evaluates functions at infinities and NaN, as a state that begins at -inf needs.
func TestExtremes(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name string
		x    []float64
		want float64
	}{
		{"exp", []float64{-inf}, 0},
		{"max", []float64{-inf, 1}, 1},
		{"min", []float64{-inf, 1}, -inf},
		{"softplus", []float64{-inf}, 0},
		{"softplus", []float64{inf}, inf},
		{"logsigmoid", []float64{-inf}, -inf},
		{"select", []float64{-inf, 1, 2}, 2},
		{"select", []float64{0, 1, 2}, 2},
		{"select", []float64{nan, 1, 2}, nan},
		{"abs", []float64{-inf}, inf},
		{"elu", []float64{-inf}, -1},
		{"relu6", []float64{nan}, nan},
		{"clamp", []float64{nan, 1, 2}, nan},
		{"softplus", []float64{nan}, nan},
	} {
		if got := functionNamed[c.name].Define(c.x); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s(%v) is %v, want %v", c.name, c.x, got, c.want)
		}
	}
}
