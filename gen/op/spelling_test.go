package op

import (
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"math/rand/v2"
	"testing"
)

// TestEquations checks small equations written by hand: parentheses stand only where the
// equation would otherwise mean something else.
func TestEquations(t *testing.T) {
	sum, product := Term{"a + b", Sum}, Term{"a * b", Product}
	c := Names("c")[0]
	for _, e := range []struct {
		op       *Op
		operands []Term
		want     string
	}{
		{Add, []Term{sum, c}, "a + b + c"},
		{Add, []Term{c, sum}, "c + a + b"},
		{Sub, []Term{sum, c}, "a + b - c"},
		{Sub, []Term{c, sum}, "c - (a + b)"},
		{Mul, []Term{sum, c}, "(a + b) * c"},
		{Mul, []Term{c, product}, "c * a * b"},
		{Div, []Term{product, c}, "a * b / c"},
		{Div, []Term{c, product}, "c / (a * b)"},
		{Neg, []Term{product}, "-(a * b)"},
		{Neg, []Term{Neg.Equation(c)}, "-(-c)"},
		{Max, []Term{sum, c}, "max(a + b, c)"},
		{Identity, []Term{sum}, "a + b"},
		{Tanh, []Term{sum}, "tanh(a + b)"},
		{FMA, []Term{sum, c, product}, "(a + b) * c + a * b"},
		{Scale2, []Term{sum, c}, "(a + b) * 2^(c)"},
		{Abs, []Term{sum}, "|a + b|"},
		{Select, []Term{c, sum, product, c}, "(c < a + b ? a * b : c)"},
		{Where, []Term{sum, product, c}, "select(a + b, a * b, c)"},
	} {
		if got := e.op.Equation(e.operands...).Text; got != e.want {
			t.Errorf("%s is shown as %s, want %s", e.op, got, e.want)
		}
	}
}

// TestEquationsMean writes random trees of operators that Go shares as one equation each,
// and has Go's type checker evaluate it.
func TestEquationsMean(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	operators := []*Op{Add, Sub, Mul, Neg, Max, Lesser, Identity, FMA}
	var build func(depth int) (Term, float64)
	build = func(depth int) (Term, float64) {
		if depth == 0 || r.IntN(4) == 0 {
			digit := r.IntN(9)
			return Names(string(rune('0' + digit)))[0], float64(digit)
		}
		o := operators[r.IntN(len(operators))]
		terms, x := make([]Term, o.Arity), make([]float64, o.Arity)
		for i := range terms {
			terms[i], x[i] = build(depth - 1)
		}
		return o.Equation(terms...), o.Define(x)
	}
	for range 500 {
		term, want := build(4)
		value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, term.Text)
		if err != nil {
			t.Fatalf("%s: %v", term.Text, err)
		}
		if got, _ := constant.Float64Val(value.Value); got != want {
			t.Errorf("%s = %g, want %g", term.Text, got, want)
		}
	}
}

// TestMeanings compares each Meaning with the operator's definition. On some machines Go
// may fuse a product and a sum in either of them.
func TestMeanings(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 0))
	for _, o := range Table() {
		for range 100 {
			x := operands(r, o, 3)
			if o.Meaning == nil {
				break
			}
			want := o.Define(x)
			if got := evaluate(o.Meaning, bind(x)); !(math.Abs(got-want) <= 1e-14*max(1, math.Abs(want))) {
				t.Errorf("%s at %v means %v, and is %v", o, x, got, want)
			}
		}
	}
}
