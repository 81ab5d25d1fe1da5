package op

import "math"

// arithmetic returns the rows of the operators that derivatives bring in.
func arithmetic() []*Op {
	return []*Op{
		{
			Name: "sub", Kind: Internal, Arity: 2,
			Doc: "difference", Form: Infix, Go: "-", Precedence: Sum, Cost: 1, ULP: 0.5,
			ONNX:       onnx("Sub", x0, x1),
			Define:     func(x []float64) float64 { return x[0] - x[1] },
			Derivative: []*Expr{dy, neg(dy)},
		},
		{
			Name: "neg", Kind: Internal, Arity: 1,
			Doc: "negation", Form: Prefix, Go: "-", Cost: 1,
			ONNX:       onnx("Neg", x),
			Define:     func(x []float64) float64 { return -x[0] },
			Derivative: []*Expr{neg(dy)},
		},
		{
			Name: "div", Kind: Internal, Arity: 2,
			Doc: "quotient", Form: Infix, Go: "/", Precedence: Product, Cost: 8, ULP: 0.5,
			ONNX:       onnx("Div", x0, x1),
			Define:     func(x []float64) float64 { return x[0] / x[1] },
			Kink:       func(x []float64) float64 { return math.Abs(x[1]) / (1 + math.Abs(x[1])) },
			Derivative: []*Expr{div(dy, x1), neg(div(mul(dy, y), x1))},
		},
		{
			Name: "exp", Kind: Internal, Arity: 1,
			Doc: "exponential", Form: Function, Go: "Exp", Cost: 16, ULP: expULP,
			Range: Interval{Low: 0, High: math.Inf(1)}, Monotone: true,
			ONNX:       onnx("Exp", x),
			Define:     func(x []float64) float64 { return math.Exp(x[0]) },
			Derivative: []*Expr{mul(dy, y)},
			Lowering:   exp(x),
		},
		{
			Name: "cos", Kind: Internal, Arity: 1,
			Doc: "cosine; the bound is for |x| ≤ 10⁵, beyond it is within ±1", Form: Function, Go: "Cos", Cost: 20, ULP: cosULP,
			Domain: within(1e5), Range: Interval{Low: -1, High: 1},
			ONNX:       onnx("Cos", x),
			Define:     func(x []float64) float64 { return math.Cos(x[0]) },
			Derivative: []*Expr{neg(mul(dy, Sin.Of(x)))},
			Lowering:   cosine(x),
		},
		{
			Name: "step", Kind: Internal, Arity: 1,
			Doc: "unit step, 1 above 0 and 0 elsewhere; its derivative is 0", Form: Function, Go: "Step", Cost: 2,
			Range: Interval{Low: 0, High: 1}, Monotone: true,
			Define:     func(x []float64) float64 { return heaviside(x[0], 0) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{zero},
			Lowering:   less(zero, x, one, nothing(x)),
		},
		{
			Name: "wins", Kind: Internal, Arity: 2,
			Doc: "share of x in max(x, y): 1, 0 or, for a tie, 1/2; its derivatives are 0", Form: Function, Go: "Wins", Cost: 3,
			Range:      Interval{Low: 0, High: 1},
			Define:     func(x []float64) float64 { return wins(x[0], x[1]) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]-x[1]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{zero, zero},
			Lowering: less(x1, x0, one, less(x0, x1, zero,
				add(add(num(0.5), nothing(x0)), nothing(x1)))),
		},
	}
}

// nothing is 0 where e is a number, and NaN where it is not.
func nothing(e *Expr) *Expr { return lesser(abs(e), zero) }

// heaviside is the unit step with the given value at 0; NaN passes through.
func heaviside(x, atZero float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return 0
	case x == 0:
		return atZero
	}
	return x
}

// wins compares rather than subtracts, so that equal infinities tie.
func wins(a, b float64) float64 {
	switch {
	case a > b:
		return 1
	case a < b:
		return 0
	case a == b:
		return 0.5
	}
	return math.NaN()
}
