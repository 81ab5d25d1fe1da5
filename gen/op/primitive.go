package op

import "math"

// primitives returns the operators that lowerings bring in: one or two
// instructions each, on every target.
func primitives() []*Op {
	return []*Op{
		{
			Name: "fma", Kind: Primitive, Arity: 3,
			Doc: "x·y + z, rounded once", Format: "%s * %s + %s", Go: "fma", Cost: 1, ULP: 1,
			Define: func(x []float64) float64 { return x[0]*x[1] + x[2] },
		},
		{
			Name: "abs", Kind: Primitive, Arity: 1,
			Doc: "absolute value", Format: "|%s|", Go: "abs", Cost: 1,
			Define: func(x []float64) float64 { return math.Abs(x[0]) },
		},
		{
			Name: "min", Kind: Primitive, Arity: 2, Commutes: true,
			Doc: "smaller of two; NaN passes through", Format: "min(%s, %s)", Go: "min", Cost: 1,
			Define: func(x []float64) float64 { return min(x[0], x[1]) },
		},
		{
			Name: "round", Kind: Primitive, Arity: 1,
			Doc: "nearest integer, ties to even", Format: "round(%s)", Go: "round", Cost: 1,
			Define: func(x []float64) float64 { return math.RoundToEven(x[0]) },
		},
		{
			Name: "scale2", Kind: Primitive, Arity: 2,
			Doc: "x·2ⁿ for an integer n, with gradual underflow", Format: "%s * 2^(%s)", Go: "scale2", Cost: 2,
			Define: func(x []float64) float64 { return math.Ldexp(x[0], exponent(x[1])) },
		},
		{
			Name: "pow2", Kind: Primitive, Arity: 1,
			Doc: "2ⁿ for an integer n from -126 to 127", Format: "2^(%s)", Go: "pow2", Cost: 1,
			Define: func(x []float64) float64 { return math.Ldexp(1, exponent(x[0])) },
		},
		{
			Name: "copysign", Kind: Primitive, Arity: 2,
			Doc: "|x| with the sign of y", Format: "copysign(%s, %s)", Go: "copysign", Cost: 1,
			Define: func(x []float64) float64 { return math.Copysign(x[0], x[1]) },
		},
		{
			Name: "select", Kind: Primitive, Arity: 4,
			Doc: "x2 where x0 < x1, and x3 elsewhere", Format: "(%s < %s ? %s : %s)", Go: "choose", Cost: 2,
			Define: func(x []float64) float64 {
				if x[0] < x[1] {
					return x[2]
				}
				return x[3]
			},
		},
	}
}

// exponent clamps n to what can matter to a float64, NaN included.
func exponent(n float64) int {
	if math.IsNaN(n) {
		return 0
	}
	return int(max(-5000, min(5000, n)))
}
