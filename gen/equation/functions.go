package equation

import (
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/op"
)

// Function is a function that equations may call. It maps values to a value, unit by unit.
type Function struct {
	Name  string
	Arity int
	Doc   string // a line without a full stop

	// Op is the operator that the function is. If it is nil, the function is a composition
	// or, if Body is nil too, not yet an operator of the table.
	Op *op.Op
	// Body is the composition, an expression over the parameters.
	Body   Expr
	Params []string

	// Define is the float64 definition.
	Define func(x []float64) float64
	// Kink is how far the arguments are from the nearest jump or pole of the function or its
	// derivative. It is nil if there are none.
	Kink func(x []float64) float64
}

// composed are the functions that are not operators. A row has a body or a definition.
var composed = []struct {
	name, params, doc, body string
	define                  func(x []float64) float64
	kink                    func(x []float64) float64
}{
	{"log", "x", "natural logarithm", "", func(x []float64) float64 { return math.Log(x[0]) }, at(0)},
	{"sqrt", "x", "square root", "", func(x []float64) float64 { return math.Sqrt(x[0]) }, at(0)},
	{"abs", "x", "absolute value, with derivative 0 at 0", "max(x, -x)", nil, at(0)},
	{"min", "ab", "smaller of two; the gradient of a tie is split evenly", "-max(-a, -b)", nil, ties},
	{"clamp", "xab", "x where a < x < b, else the nearer of a and b", "min(max(x, a), b)", nil, edges},
	{"select", "cab", "a where c > 0, and b elsewhere", "", choose, at(0)},
	{"softplus", "x", "log(1 + exp(x))", "", softplus, nil},
	{"logsigmoid", "x", "log(sigmoid(x))", "-softplus(-x)", nil, nil},
	{"silu", "x", "x · sigmoid(x), also known as swish", "x * sigmoid(x)", nil, nil},
	{"gelu", "x", "x · Φ(x), with erf as in PyTorch's default", "", gelu, nil},
	{"elu", "x", "x above 0, exp(x) − 1 below", "select(x, x, exp(x - relu(x)) - 1)", nil, nil},
	{"selu", "x", "1.0507 x above 0, 1.0507 · 1.6733 (exp(x) − 1) below", "1.0507009873554805 * select(x, x, 1.6732632423543772 * (exp(x - relu(x)) - 1))", nil, at(0)},
	{"leaky_relu", "x", "x above 0, x/100 below", "select(x, x, 0.01 * x)", nil, at(0)},
	{"relu6", "x", "x between 0 and 6", "min(relu(x), 6)", nil, at(0, 6)},
	{"hard_sigmoid", "x", "x/6 + 1/2 between 0 and 1, as in PyTorch and Keras 3", "relu6(x + 3) / 6", nil, at(-3, 3)},
	{"hard_tanh", "x", "x between -1 and 1", "clamp(x, -1, 1)", nil, at(-1, 1)},
	{"softsign", "x", "x/(1 + |x|)", "x / (1 + abs(x))", nil, nil},
}

// at returns the distance of the first argument from the nearest of some points.
func at(points ...float64) func(x []float64) float64 {
	return func(x []float64) float64 {
		least := math.Inf(1)
		for _, p := range points {
			least = min(least, math.Abs(x[0]-p))
		}
		return least
	}
}

// gelu uses erfc, which keeps the relative accuracy of Φ in its lower tail.
func gelu(x []float64) float64 { return 0.5 * x[0] * math.Erfc(-x[0]/math.Sqrt2) }

func ties(x []float64) float64 { return math.Abs(x[0] - x[1]) }

func edges(x []float64) float64 {
	return min(math.Abs(x[0]-x[1]), math.Abs(x[0]-x[2]), math.Abs(x[1]-x[2]))
}

func choose(x []float64) float64 {
	switch {
	case x[0] > 0:
		return x[1]
	case x[0] <= 0:
		return x[2]
	}
	return math.NaN()
}

// softplus keeps its relative accuracy in both tails.
func softplus(x []float64) float64 {
	return max(x[0], 0) + math.Log1p(math.Exp(-math.Abs(x[0])))
}

var (
	functions     []*Function
	functionNamed = make(map[string]*Function)
)

// Functions returns the functions: the operators of the table that have a derivative, and
// compositions of them. Callers must not change it.
func Functions() []*Function { return functions }

func init() {
	for _, o := range op.Table() {
		if o.Form == op.Function && o.Derivative != nil {
			define(&Function{Name: o.Name, Arity: o.Arity, Doc: o.Doc, Op: o, Define: o.Define, Kink: o.Kink})
		}
	}
	for _, c := range composed {
		f := &Function{Name: c.name, Arity: len(c.params), Doc: c.doc, Define: c.define, Kink: c.kink}
		for _, p := range c.params {
			f.Params = append(f.Params, string(p))
		}
		if c.body != "" {
			f.compose(c.body)
		}
		if functionNamed[f.Name] == nil {
			define(f)
		}
	}
}

func define(f *Function) {
	functions = append(functions, f)
	functionNamed[f.Name] = f
}

// compose defines the function by an expression.
func (f *Function) compose(body string) {
	p := &parser{lex: lexer{src: body}}
	p.next()
	f.Body = p.expr()
	if p.tok.class != end {
		panic("equation: " + f.Name + ": " + p.errs.Error())
	}
	f.Define = func(x []float64) float64 {
		values := make(frame, len(x))
		for i, name := range f.Params {
			values[name] = operand{x[i : i+1], true}
		}
		return values.of(f.Body).units[0]
	}
}

// functionNames returns the names of functions.
func functionNames() []string {
	var names []string
	for _, f := range functions {
		names = append(names, f.Name)
	}
	return slices.Clip(names)
}
