package op

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// foreign are the operators of ONNX that rows use, in float64, as ONNX defines them. True is 1.
var foreign = map[string]func(x []float64) float64{
	"Add": func(x []float64) float64 { return x[0] + x[1] }, "Sub": func(x []float64) float64 { return x[0] - x[1] },
	"Mul": func(x []float64) float64 { return x[0] * x[1] }, "Div": func(x []float64) float64 { return x[0] / x[1] },
	"Max": func(x []float64) float64 { return max(x[0], x[1]) }, "Min": func(x []float64) float64 { return min(x[0], x[1]) },
	"Pow": func(x []float64) float64 { return math.Pow(x[0], x[1]) },

	"Neg": func(x []float64) float64 { return -x[0] }, "Abs": func(x []float64) float64 { return math.Abs(x[0]) },
	"Exp": func(x []float64) float64 { return math.Exp(x[0]) }, "Log": func(x []float64) float64 { return math.Log(x[0]) },
	"Sin": func(x []float64) float64 { return math.Sin(x[0]) }, "Cos": func(x []float64) float64 { return math.Cos(x[0]) },
	"Tanh": func(x []float64) float64 { return math.Tanh(x[0]) }, "Erf": func(x []float64) float64 { return math.Erf(x[0]) },
	"Sqrt": func(x []float64) float64 { return math.Sqrt(x[0]) }, "Round": func(x []float64) float64 { return math.RoundToEven(x[0]) },
	"Relu":     func(x []float64) float64 { return max(x[0], 0) },
	"Sigmoid":  func(x []float64) float64 { return 1 / (1 + math.Exp(-x[0])) },
	"Softplus": func(x []float64) float64 { return math.Log(math.Exp(x[0]) + 1) },
	"Elu": func(x []float64) float64 {
		if x[0] < 0 {
			return math.Exp(x[0]) - 1
		}
		return x[0]
	},

	"Less": func(x []float64) float64 { return map[bool]float64{true: 1}[x[0] < x[1]] },
	"Where": func(x []float64) float64 {
		if x[0] != 0 {
			return x[1]
		}
		return x[2]
	},
}

// TestForeign expects every operator that a graph can have to compute in ONNX what it is defined to
// compute: within 1e-12, relative to max(1, |result|), or 1e-6 for a lowering, which is for float32; at
// random operands and at those that are equal, zero, infinite or NaN. An infinite exponential is ONNX's
// own affair.
func TestForeign(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 0))
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, o := range Table() {
		if !o.SliceForm() {
			continue
		}
		if o.Foreign() == nil {
			t.Errorf("%s: ONNX does not have it", o)
			continue
		}
		bound := 1e-12
		if o.Foreign() == o.Lowering {
			bound = 1e-6
		}
		for i := range 500 {
			x := operands(r, o, 4)
			if i%2 == 1 {
				for j := range x {
					x[j] = special[r.IntN(len(special))]
				}
			}
			got, want := inONNX(t, o.Foreign(), x), o.Define(x)
			if o.Name == "softplus" && math.IsInf(x[0], 0) { // exp overflows in the formula, but not in the operator
				continue
			}
			same := got == want || math.IsNaN(got) && math.IsNaN(want)
			if !same && !(math.Abs(got-want) <= bound*max(1, math.Abs(want))) {
				t.Errorf("%s%v is %v in ONNX, want %v", o, x, got, want)
			}
		}
	}
}

// inONNX computes an expression of ONNX's operators and of rows.
func inONNX(t *testing.T, e *Expr, x []float64) float64 {
	switch {
	case e.Op == nil && e.Var == None:
		return e.Const
	case e.Op == nil:
		return x[e.Var-X0]
	}
	args := make([]float64, len(e.Args))
	for i, a := range e.Args {
		args[i] = inONNX(t, a, x)
	}
	if e.Op.Kind != Foreign {
		if !slices.Contains(Table(), e.Op) {
			t.Fatalf("%s is in no row", e.Op)
		}
		return inONNX(t, e.Op.Foreign(), args)
	}
	define := foreign[e.Op.Name]
	if define == nil {
		t.Fatalf("%s is not one of ONNX's operators here", e.Op)
	}
	return define(args)
}
