package op

import "math"

// arithmetic returns the operators that derivatives bring in.
func arithmetic() []*Op {
	return []*Op{
		{
			Name: "sub", Kind: Arithmetic, Arity: 2,
			Doc: "difference", Format: "%s - %s", Go: "-", Cost: 1, ULP: 0.5,
			Define:     func(x []float64) float64 { return x[0] - x[1] },
			Derivative: []*Expr{dy, neg(dy)},
		},
		{
			Name: "neg", Kind: Arithmetic, Arity: 1,
			Doc: "negation", Format: "-%s", Go: "-", Cost: 1,
			Define:     func(x []float64) float64 { return -x[0] },
			Derivative: []*Expr{neg(dy)},
		},
		{
			Name: "div", Kind: Arithmetic, Arity: 2,
			Doc: "quotient", Format: "%s / %s", Go: "/", Cost: 8, ULP: 0.5,
			Define:     func(x []float64) float64 { return x[0] / x[1] },
			Derivative: []*Expr{div(dy, x1), neg(div(mul(dy, y), x1))},
		},
		{
			Name: "exp", Kind: Arithmetic, Arity: 1,
			Doc: "exponential", Format: "exp(%s)", Go: "Exp", Cost: 16, ULP: expULP,
			Define:     func(x []float64) float64 { return math.Exp(x[0]) },
			Derivative: []*Expr{mul(dy, y)},
			Lowering:   exp(x),
		},
		{
			Name: "cos", Kind: Arithmetic, Arity: 1,
			Doc: "cosine; the bound is for |x| ≤ 10⁵, beyond it is within ±1", Format: "cos(%s)", Go: "Cos", Cost: 20, ULP: cosULP,
			Define:     func(x []float64) float64 { return math.Cos(x[0]) },
			Derivative: []*Expr{neg(mul(dy, apply("sin", x)))},
			Lowering:   cosine(x),
		},
		{
			Name: "step", Kind: Arithmetic, Arity: 1,
			Doc: "unit step, 1 above 0 and 0 elsewhere", Format: "step(%s)", Go: "Step", Cost: 2,
			Define:     func(x []float64) float64 { return heaviside(x[0], 0) },
			Derivative: []*Expr{zero},
			Lowering:   less(zero, x, one, nothing(x)),
		},
		{
			Name: "wins", Kind: Arithmetic, Arity: 2,
			Doc: "share of x in max(x, y), 1 or 0 or, for a tie, 1/2", Format: "wins(%s, %s)", Go: "Wins", Cost: 3,
			Define:     func(x []float64) float64 { return wins(x[0], x[1]) },
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
