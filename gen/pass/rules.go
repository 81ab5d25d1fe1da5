package pass

import "github.com/cellgen/cellgen/gen/op"

// rule says how an operation can be simplified: to a part of the pattern, or to one
// operator applied to parts of it. A pattern has each variable once.
type rule struct {
	from, to *op.Expr
	why      string
}

var (
	x, y                = &op.Expr{Var: op.X0}, &op.Expr{Var: op.X1}
	zero, one, minusOne = &op.Expr{Const: 0}, &op.Expr{Const: 1}, &op.Expr{Const: -1}
	negX, negY          = op.Neg.Of(x), op.Neg.Of(y)
	relu, sigmoid       = op.Relu.Of(x), op.Sigmoid.Of(x)
)

// rules hold for every float, except for the sign of zero: none assumes that 0·x or
// x − x is 0. The first rule that matches is applied.
var rules = []rule{
	{op.Identity.Of(x), x, "does nothing"},
	{op.Add.Of(zero, x), x, "0 + x = x"},
	{op.Add.Of(x, zero), x, "x + 0 = x"},
	{op.Sub.Of(x, zero), x, "x - 0 = x"},
	{op.Mul.Of(one, x), x, "1·x = x"},
	{op.Mul.Of(x, one), x, "x·1 = x"},
	{op.Div.Of(x, one), x, "x/1 = x"},
	{op.Neg.Of(negX), x, "-(-x) = x"},
	{op.Relu.Of(relu), relu, "already at least 0"},
	{op.Relu.Of(sigmoid), sigmoid, "already at least 0"},

	{op.Add.Of(x, negY), op.Sub.Of(x, y), "the sum absorbs the sign"},
	{op.Add.Of(negY, x), op.Sub.Of(x, y), "the sum absorbs the sign"},
	{op.Sub.Of(x, negY), op.Add.Of(x, y), "the difference absorbs the sign"},
	{op.Sub.Of(zero, x), negX, "0 - x = -x"},
	{op.Mul.Of(minusOne, x), negX, "-1·x = -x"},
	{op.Mul.Of(x, minusOne), negX, "x·-1 = -x"},
}
