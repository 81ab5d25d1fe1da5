package op

import "math"

// primitives returns the rows of the operators that lowerings bring in: one or two
// instructions each, on every target. Derivatives may use the ones that generated
// packages can spell.
func primitives() []*Op {
	return []*Op{
		{
			Name: "fma", Kind: Internal, Arity: 3,
			Doc: "x·y + z, rounded once", Form: Helper, Go: "fma", Meaning: add(mul(x0, x1), x2), Cost: 1, ULP: 1,
			Define: func(x []float64) float64 { return x[0]*x[1] + x[2] },
		},
		{
			Name: "abs", Kind: Internal, Arity: 1,
			Doc: "absolute value, with derivative 0 at 0", Form: Function, Go: "Abs", Format: "|%s|", Cost: 1,
			ONNX:       onnx("Abs", x),
			Define:     func(x []float64) float64 { return math.Abs(x[0]) },
			Kink:       awayFromZero,
			Derivative: []*Expr{mul(dy, sub(Step.Of(x), Step.Of(neg(x))))},
		},
		{
			Name: "greater", Kind: Internal, Arity: 2, Commutes: true, Associates: true,
			Doc: "larger of two; NaN passes through", Form: Builtin, Go: "max", Format: "max(%s, %s)", EitherZero: true, Cost: 1,
			ONNX:   onnx("Max", x0, x1),
			Define: func(x []float64) float64 { return max(x[0], x[1]) },
		},
		{
			Name: "lesser", Kind: Internal, Arity: 2, Commutes: true, Associates: true,
			Doc: "smaller of two; NaN passes through", Form: Builtin, Go: "min", Format: "min(%s, %s)", EitherZero: true, Cost: 1,
			ONNX:   onnx("Min", x0, x1),
			Define: func(x []float64) float64 { return min(x[0], x[1]) },
		},
		{
			Name: "atleast", Kind: Internal, Arity: 2,
			Doc: "x, or y if x is below it; NaN passes through", Form: Helper, Go: "atLeast", Format: "max(%s, %s)", Cost: 1,
			ONNX: onnx("Max", x0, x1),
			Define: func(x []float64) float64 {
				if x[0] < x[1] {
					return x[1]
				}
				return x[0]
			},
		},
		{
			Name: "round", Kind: Internal, Arity: 1,
			Doc: "nearest integer, ties to even", Form: Helper, Go: "round", Cost: 1,
			ONNX:   onnx("Round", x),
			Define: func(x []float64) float64 { return math.RoundToEven(x[0]) },
		},
		{
			Name: "scale2", Kind: Internal, Arity: 2,
			Doc: "x·2ⁿ for an integer n, with gradual underflow", Form: Helper, Go: "scale2", Meaning: mul(x0, Pow2.Of(x1)), Cost: 2,
			Domain: []Interval{{Low: 0.5, High: 2}, {Low: -252, High: 252, Integers: true}},
			Define: func(x []float64) float64 { return math.Ldexp(x[0], exponent(x[1])) },
		},
		{
			Name: "pow2", Kind: Internal, Arity: 1,
			Doc: "2ⁿ for an integer n from -126 to 127", Form: Helper, Go: "pow2", Format: "2^(%s)", Cost: 1,
			Domain: []Interval{{Low: -126, High: 127, Integers: true}},
			ONNX:   onnx("Pow", num(2), x),
			Define: func(x []float64) float64 { return math.Ldexp(1, exponent(x[0])) },
		},
		{
			Name: "exponent", Kind: Internal, Arity: 1,
			Doc: "integer n for which x/2ⁿ is in [3/4, 3/2)", Form: Helper, Go: "exponent", Cost: 3,
			Domain: []Interval{{Low: 0x1p-126, High: math.MaxFloat32}},
			Define: func(x []float64) float64 {
				_, n := split(x[0])
				return n
			},
		},
		{
			Name: "mantissa", Kind: Internal, Arity: 1,
			Doc: "x/2ⁿ in [3/4, 3/2), for an integer n", Form: Helper, Go: "mantissa", Cost: 3,
			Domain: []Interval{{Low: 0x1p-126, High: math.MaxFloat32}},
			Define: func(x []float64) float64 {
				m, _ := split(x[0])
				return m
			},
		},
		{
			Name: "copysign", Kind: Internal, Arity: 2,
			Doc: "|x| with the sign of y", Form: Function, Go: "Copysign", Cost: 1,
			ONNX:   less(x1, zero, neg(abs(x0)), less(div(one, x1), zero, neg(abs(x0)), abs(x0))),
			Define: func(x []float64) float64 { return math.Copysign(x[0], x[1]) },
		},
		{
			Name: "select", Kind: Internal, Arity: 4,
			Doc: "x2 where x0 < x1, and x3 elsewhere", Form: Function, Go: "Select", Format: "(%s < %s ? %s : %s)", Cost: 2,
			ONNX: onnx("Where", onnx("Less", x0, x1), x2, x3),
			Define: func(x []float64) float64 {
				if x[0] < x[1] {
					return x[2]
				}
				return x[3]
			},
		},
		{
			Name: "flush", Kind: Internal, Arity: 1,
			Doc: "x, except that |x| < 2⁻⁹⁵ becomes 0, and every NaN the same one", Form: Function, Go: "Flush", Cost: 2,
			ONNX:   less(abs(x), num(Tiny), zero, x),
			Define: func(x []float64) float64 { return trimmed(x[0]) },
		},
		{
			Name: "trim", Kind: Internal, Arity: 1,
			Doc: "x, except that |x| < 2⁻⁹⁵ becomes 0; NaN passes through", Form: Function, Go: "Trim", Cost: 2,
			ONNX:   less(abs(x), num(Tiny), zero, x),
			Define: func(x []float64) float64 { return trimmed(x[0]) },
		},
	}
}

// Tiny is the least magnitude that [Flush] and [Trim] leave as it is. Its product with a number of
// 2⁻³¹ or more is not denormal.
const Tiny = 0x1p-95

func trimmed(x float64) float64 {
	if math.Abs(x) < Tiny {
		return 0
	}
	return x
}

// exponent clamps n to exponents that matter to a float64; NaN becomes 0.
func exponent(n float64) int {
	if math.IsNaN(n) {
		return 0
	}
	return int(max(-5000, min(5000, n)))
}

// split returns m in [3/4, 3/2) and the integer n for which x = m·2ⁿ.
func split(x float64) (m, n float64) {
	m, e := math.Frexp(x)
	if m < 0.75 {
		m, e = 2*m, e-1
	}
	return m, float64(e)
}
