package equation

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/op"
)

// variables are the arguments of functions in expressions of the table.
var variables = []*op.Expr{{Var: op.X0}, {Var: op.X1}, {Var: op.X2}}

// inline returns the body of a function in operators of the table, with the arguments in the
// place of the parameters.
func inline(x Expr, params []string, args []*op.Expr) *op.Expr {
	switch x := x.(type) {
	case *Number:
		return &op.Expr{Const: x.Value}
	case *Name:
		return args[slices.Index(params, x.Text)]
	case *Paren:
		return inline(x.X, params, args)
	case *Call:
		f, operands := functionNamed[x.Func], make([]*op.Expr, len(x.Args))
		for i, a := range x.Args {
			operands[i] = inline(a, params, args)
		}
		if f.Op != nil {
			return f.Op.Of(operands...)
		}
		return inline(f.Body, f.Params, operands)
	case *Chain:
		value := inline(x.First, params, args)
		if x.Negated {
			value = op.Neg.Of(value)
		}
		for _, l := range x.Rest {
			o := map[byte]*op.Op{'+': op.Add, '-': op.Sub, '*': op.Mul, '/': op.Div}[l.Operator]
			value = o.Of(value, inline(l.X, params, args))
		}
		return value
	}
	panic(fmt.Sprintf("equation: %T in the body of a function", x))
}
