package equation

import (
	"cmp"
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/op"
)

// Function is a function that equations may call. It maps values to a value, unit by unit.
type Function struct {
	Name  string
	Arity int
	Doc   string // a line without a full stop

	// Op is the operator that the function is, or nil if it is a composition.
	Op *op.Op
	// Body is the composition, an expression over the parameters, or nil.
	Body   Expr
	Params []string
	// Inline is the function over X0, X1 and X2 in operators of the table: Op applied to them, or
	// Body with the functions that it calls inlined. Derivatives are its operators' derivatives.
	Inline *op.Expr

	// Define is the float64 definition.
	Define func(x []float64) float64
	// ULP bounds the error of Inline in float32, in units in the last place of the exact result
	// or of op.Tiny, below which numbers become 0. It holds over the Domain of Op. If it is 0,
	// the float32 form is exact.
	ULP float64
	// Kink is how far the arguments are from the nearest jump or pole of the function or its
	// derivative. It is nil if there are none.
	Kink func(x []float64) float64
}

// composed are the functions that are not operators. A row may call functions above it.
var composed = []struct {
	name, params, doc, body string
	ulp                     float64
	kink                    func(x []float64) float64
}{
	{"min", "ab", "smaller of two; the gradient of a tie is split evenly", "-max(-a, -b)", 0, ties},
	{"clamp", "xab", "x where a < x < b, else the nearer of a and b; the gradient of a tie is split evenly", "min(max(x, a), b)", 0, edges},
	{"logsigmoid", "x", "log(sigmoid(x))", "-softplus(-x)", 2, nil},
	{"silu", "x", "x · sigmoid(x), also known as swish; NaN at -∞", "x * sigmoid(x)", 4, nil},
	{"gelu", "x", "x · Φ(x), with erf as in PyTorch's default; NaN at -∞", "x * normcdf(x)", 14, nil},
	{"selu", "x", "1.0507 x above 0, 1.0507 · 1.6733 (exp(x) − 1) elsewhere; at 0 its derivative is that below 0", "1.0507009873554805 * select(x, x, 1.6732632423543772 * elu(x))", 4, at(0)},
	{"leaky_relu", "x", "x above 0, x/100 elsewhere, with derivative 1/100 at 0", "select(x, x, 0.01 * x)", 1.5, at(0)},
	{"relu6", "x", "x between 0 and 6, with derivative 0 at 0 and 1/2 at 6", "min(relu(x), 6)", 0, at(0, 6)},
	{"hard_sigmoid", "x", "x/6 + 1/2 between 0 and 1, as in PyTorch and Keras 3, with derivative 0 at -3 and 1/12 at 3", "relu6(x + 3) / 6", 1.5, at(-3, 3)},
	{"hard_tanh", "x", "x between -1 and 1, with derivative 1/2 at -1 and 1", "clamp(x, -1, 1)", 0, at(-1, 1)},
	{"softsign", "x", "x/(1 + |x|), NaN at -∞ and ∞", "x / (1 + abs(x))", 1.5, nil},
}

// renamed has the operators that equations call by another name, as a lowering's primitive has
// that name in the table.
var renamed = map[*op.Op]string{op.Where: "select"}

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

func ties(x []float64) float64 { return math.Abs(x[0] - x[1]) }

func edges(x []float64) float64 {
	return min(math.Abs(x[0]-x[1]), math.Abs(x[0]-x[2]), math.Abs(x[1]-x[2]))
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
			name := cmp.Or(renamed[o], o.Name)
			define(&Function{Name: name, Arity: o.Arity, Doc: o.Doc, Op: o, Inline: o.Of(variables[:o.Arity]...), Define: o.Define, ULP: o.ULP, Kink: o.Kink})
		}
	}
	for _, c := range composed {
		f := &Function{Name: c.name, Arity: len(c.params), Doc: c.doc, ULP: c.ulp, Kink: c.kink}
		for _, p := range c.params {
			f.Params = append(f.Params, string(p))
		}
		f.compose(c.body)
		define(f)
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
	f.Inline = inline(f.Body, f.Params, variables)
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
