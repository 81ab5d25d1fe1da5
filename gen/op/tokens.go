package op

import "math"

// tokens returns the rows of the operators that a token sequence is made of: Zoph & Le
// 2017 (arXiv:1611.01578), section 3.4, with max and identity from the search space of
// the authors' NASCell.
func tokens() []*Op {
	return []*Op{
		{
			Name: "add", Aliases: []string{"plus", "sum", "addition", "elemadd", "elemwiseadd", "elementwiseadd"},
			Kind: Combination, Arity: 2, Commutes: true, Associates: true,
			Doc: "sum", Form: Infix, Go: "+", Precedence: Sum, Cost: 1, ULP: 0.5,
			ONNX:       onnx("Add", x0, x1),
			Define:     func(x []float64) float64 { return x[0] + x[1] },
			Derivative: []*Expr{dy, dy},
		},
		{
			Name: "mul", Aliases: []string{
				"mult", "multiply", "multiplication", "times", "product", "hadamard",
				"elemmult", "elemmul", "elemmultiply", "elemwisemult", "elemwisemul", "elemwisemultiply",
				"elementwisemult", "elementwisemul", "elementwisemultiply", "elementwisemultiplication",
			},
			Kind: Combination, Arity: 2, Commutes: true, Associates: true,
			Doc: "elementwise product", Form: Infix, Go: "*", Precedence: Product, Cost: 1, ULP: 0.5,
			ONNX:       onnx("Mul", x0, x1),
			Define:     func(x []float64) float64 { return x[0] * x[1] },
			Derivative: []*Expr{mul(dy, x1), mul(dy, x0)},
		},
		{
			Name: "max", Aliases: []string{"maximum", "elemmax", "elemwisemax", "elementwisemax"},
			Kind: Combination, Arity: 2, Commutes: true, Associates: true,
			Doc: "larger of two, of zeros the second; the gradient of a tie is split evenly", Form: Function, Go: "Max", Cost: 1,
			ONNX:       onnx("Max", x0, x1),
			Define:     func(x []float64) float64 { return larger(x[0], x[1]) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]-x[1]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{mul(dy, Wins.Of(x0, x1)), sub(dy, mul(dy, Wins.Of(x0, x1)))},
		},
		{
			Name: "identity", Aliases: []string{"id", "ident", "linear", "none"},
			Kind: Activation, Arity: 1,
			Doc: "identity", Form: Prefix, Go: "+", Meaning: x, Cost: 0,
			Define:     func(x []float64) float64 { return x[0] },
			Derivative: []*Expr{dy},
		},
		{
			Name: "tanh", Aliases: []string{"hyperbolictangent", "tangenthyperbolic"},
			Kind: Activation, Arity: 1,
			Doc: "hyperbolic tangent", Form: Function, Go: "Tanh", Cost: 20, ULP: tanhULP,
			Range: Interval{Low: -1, High: 1}, Monotone: true,
			ONNX:       onnx("Tanh", x),
			Define:     func(x []float64) float64 { return math.Tanh(x[0]) },
			Derivative: []*Expr{mul(dy, sub(one, mul(y, y)))},
			Lowering:   tanh(x),
		},
		{
			Name: "sigmoid", Aliases: []string{"sigm", "sig", "logistic", "logisticsigmoid"},
			Kind: Activation, Arity: 1,
			Doc: "logistic function, 1/(1 + exp(-x))", Form: Function, Go: "Sigmoid", Cost: 20, ULP: sigmoidULP,
			Range: Interval{Low: 0, High: 1}, Monotone: true,
			ONNX:       onnx("Sigmoid", x),
			Define:     func(x []float64) float64 { return logistic(x[0]) },
			Derivative: []*Expr{mul(dy, mul(y, sub(one, y)))},
			Lowering:   sigmoid(x),
		},
		{
			Name: "relu", Aliases: []string{"rectifier", "rectify", "rectifiedlinear", "rectifiedlinearunit"},
			Kind: Activation, Arity: 1,
			Doc: "rectifier, with derivative 0 at 0", Form: Function, Go: "Relu", Cost: 1,
			Range: Interval{Low: 0, High: math.Inf(1)}, Monotone: true,
			ONNX:       onnx("Relu", x),
			Define:     func(x []float64) float64 { return larger(0, x[0]) },
			Kink:       func(x []float64) float64 { return math.Abs(x[0]) / (1 + math.Abs(x[0])) },
			Derivative: []*Expr{mul(dy, Step.Of(y))},
			Lowering:   AtLeast.Of(x, zero),
		},
		{
			Name: "sin", Aliases: []string{"sine"},
			Kind: Activation, Arity: 1,
			Doc: "sine; the bound is for |x| ≤ 10⁵, beyond it is within ±1", Form: Function, Go: "Sin", Cost: 20, ULP: sinULP,
			Domain: within(1e5), Range: Interval{Low: -1, High: 1},
			ONNX:       onnx("Sin", x),
			Define:     func(x []float64) float64 { return math.Sin(x[0]) },
			Derivative: []*Expr{mul(dy, Cos.Of(x))},
			Lowering:   sine(x),
		},
	}
}

// larger is as instructions have it: the second of two zeros, whatever their signs.
func larger(a, b float64) float64 {
	if a > b || a != a {
		return a
	}
	return b
}

// logistic keeps its relative accuracy in both tails.
func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}
