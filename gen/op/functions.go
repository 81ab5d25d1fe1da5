package op

import "math"

// functions returns the rows of the operators that only equations bring in. The other
// functions of equations are compositions of rows.
func functions() []*Op {
	return []*Op{
		{
			Name: "log", Kind: Internal, Arity: 1,
			Doc: "natural logarithm, NaN below 0; at 0, -∞ with derivative ∞", Form: Function, Go: "Log", Cost: 24, ULP: logULP,
			Domain: notNegative(), Monotone: true,
			ONNX:       onnx("Log", x),
			Define:     func(x []float64) float64 { return math.Log(x[0]) },
			Kink:       awayFromZero,
			Derivative: []*Expr{div(dy, x)},
			Lowering:   log(x),
		},
		{
			Name: "sqrt", Kind: Internal, Arity: 1,
			Doc: "square root, NaN below 0, with derivative ∞ at 0", Form: Function, Go: "Sqrt", Cost: 8, ULP: 0.5,
			Domain: notNegative(), Range: Interval{Low: 0, High: math.Inf(1)}, Monotone: true,
			ONNX:       onnx("Sqrt", x),
			Define:     func(x []float64) float64 { return math.Sqrt(x[0]) },
			Kink:       awayFromZero,
			Derivative: []*Expr{div(mul(num(0.5), dy), y)},
		},
		{
			Name: "softplus", Kind: Internal, Arity: 1,
			Doc: "smooth rectifier, log(1 + exp(x))", Form: Function, Go: "Softplus", Cost: 32, ULP: softplusULP,
			Range: Interval{Low: 0, High: math.Inf(1)},
			ONNX:  onnx("Softplus", x),
			Define: func(x []float64) float64 {
				return larger(x[0], 0) + math.Log1p(math.Exp(-math.Abs(x[0])))
			},
			Derivative: []*Expr{mul(dy, Sigmoid.Of(x))},
			Lowering:   softplus(x),
		},
		{
			Name: "normcdf", Kind: Internal, Arity: 1,
			Doc: "distribution function Φ of the standard normal distribution", Form: Function, Go: "NormCDF", Cost: 36, ULP: normcdfULP,
			Range:      Interval{Low: 0, High: 1},
			ONNX:       mul(num(0.5), add(one, onnx("Erf", mul(x, num(math.Sqrt2/2))))),
			Define:     func(x []float64) float64 { return 0.5 * math.Erfc(-x[0]/math.Sqrt2) },
			Derivative: []*Expr{mul(dy, density(x))},
			Lowering:   normcdf(x),
		},
		{
			Name: "elu", Kind: Internal, Arity: 1,
			Doc: "exponential linear unit, x above 0 and exp(x) − 1 elsewhere", Form: Function, Go: "Elu", Cost: 24, ULP: eluULP,
			Range: Interval{Low: -1, High: math.Inf(1)}, Monotone: true,
			ONNX: onnx("Elu", x),
			Define: func(x []float64) float64 {
				if x[0] > 0 {
					return x[0]
				}
				return math.Expm1(x[0])
			},
			Derivative: []*Expr{mul(dy, add(lesser(y, zero), one))},
			Lowering:   elu(x),
		},
		{
			Name: "where", Kind: Internal, Arity: 3,
			Doc: "choice of y where x > 0 and z where x ≤ 0, NaN where x is NaN; only what is chosen has a gradient", Form: Function, Go: "Where", Format: "select(%s, %s, %s)", Cost: 4,
			Define:     func(x []float64) float64 { return where(x[0], x[1], x[2]) },
			Kink:       awayFromZero,
			Derivative: []*Expr{zero, Where.Of(x0, dy, zero), Where.Of(x0, zero, dy)},
			Lowering:   less(zero, x0, x1, less(x0, one, x2, x0)),
		},
	}
}

// awayFromZero is the Kink of an operator with a jump or pole where its first operand is 0.
func awayFromZero(x []float64) float64 { return math.Abs(x[0]) / (1 + math.Abs(x[0])) }

func where(c, a, b float64) float64 {
	switch {
	case c > 0:
		return a
	case c <= 0:
		return b
	}
	return c
}

// density is exp(−x²/2)/√(2π). The float32 nearest to √(2π) is good to 10 digits.
func density(x *Expr) *Expr {
	return div(Exp.Of(mul(mul(num(-0.5), x), x)), num(0x1.40d932p+1))
}
