package op

import (
	"go/token"
	"go/types"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestRowsAreComplete(t *testing.T) {
	for _, o := range Table() {
		if o.Name == "" || o.Arity < 1 || o.Arity > MaxArity || o.Define == nil || o.Cost < 0 {
			t.Errorf("row %+v lacks a field", o)
		}
		if o.Doc == "" || strings.Contains(o.Doc, "\n") || strings.HasSuffix(o.Doc, ".") {
			t.Errorf("%s: doc %q is not a line", o, o.Doc)
		}
		if want := map[Kind]int{Combination: 2, Activation: 1}[o.Kind]; want != 0 && (o.Arity != want || o.Derivative == nil || !o.SliceForm()) {
			t.Errorf("%s: a %s must have %d operands, a derivative and a slice form", o, o.Kind, want)
		}
		if n := len(o.Derivative); n != 0 && n != o.Arity {
			t.Errorf("%s: %d derivatives for %d operands", o, n, o.Arity)
		}
		if o.Domain != nil && len(o.Domain) != o.Arity {
			t.Errorf("%s: domains of %d operands, not %d", o, len(o.Domain), o.Arity)
		}
		checkSpelling(t, o)
	}
}

func checkSpelling(t *testing.T, o *Op) {
	builtin, _ := types.Universe.Lookup(o.Go).(*types.Builtin)
	switch {
	case o.Form == Infix && o.Arity == 2 && (o.Precedence == Sum || o.Precedence == Product):
	case o.Form == Prefix && o.Arity == 1:
	case o.Form == Builtin && builtin != nil:
	case o.Form == Function && token.IsExported(o.Go):
	case o.Form == Helper && token.IsIdentifier(o.Go) && !token.IsExported(o.Go) && builtin == nil:
	default:
		t.Errorf("%s: form %d with %q and precedence %d", o, o.Form, o.Go, o.Precedence)
	}
	if o.Lowering != nil && o.Form != Function {
		t.Errorf("%s: it has a lowering, so its form must be Function", o)
	}
	if n := strings.Count(o.Format, "%s"); o.Format != "" && (n != o.Arity || strings.Count(o.Format, "%") != n || o.Meaning != nil) {
		t.Errorf("%s: format %q for %d operands", o, o.Format, o.Arity)
	}
}

func TestExpressionsResolve(t *testing.T) {
	for _, o := range Table() {
		for _, e := range o.Derivative {
			resolve(t, o, e, true)
		}
		if o.Lowering != nil {
			resolve(t, o, o.Lowering, false)
		}
	}
}

// resolve checks an expression in the row of o. Its operators must be rows of the table,
// with the right number of operands; its variables operands of o or, in a derivative, Y
// and DY. Derivatives consist of operators that graphs may have, lowerings of single
// instructions.
func resolve(t *testing.T, o *Op, e *Expr, derivative bool) {
	if e.Op == nil {
		if e.Var >= X0 && int(e.Var-X0) >= o.Arity || (e.Var == Y || e.Var == DY) && !derivative || e.Var > X3 {
			t.Errorf("%s: variable %d is not bound", o, e.Var)
		}
		if len(e.Args) > 0 || e.Var != None && e.Const != 0 {
			t.Errorf("%s: node %+v is two things", o, e)
		}
		return
	}
	if Lookup(e.Op.Name) != e.Op || len(e.Args) != e.Op.Arity {
		t.Errorf("%s: %s is not in the table, or has %d operands", o, e.Op, len(e.Args))
	}
	if derivative && !e.Op.SliceForm() || !derivative && e.Op.Lowering != nil {
		t.Errorf("%s: %s in derivative %t", o, e.Op, derivative)
	}
	for _, a := range e.Args {
		resolve(t, o, a, derivative)
	}
}

func TestAliases(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	owner := make(map[string]*Op)
	for _, o := range Table() {
		for _, word := range append([]string{o.Name}, o.Aliases...) {
			if other := owner[normalise(word)]; other != nil {
				t.Errorf("%q is both %s and %s", word, other, o)
			}
			owner[normalise(word)] = o
			for range 20 {
				if spelling := respell(r, word); Lookup(spelling) != o {
					t.Errorf("%q is %v, want %s", spelling, Lookup(spelling), o)
				}
			}
		}
	}
	for spelling, want := range map[string]string{
		"Add": "add", "elem_mult": "mul", "Multiply": "mul", "ReLU": "relu", "Element-Wise-Max": "max", "SIGMOID": "sigmoid", "Identity": "identity",
	} {
		if o := Lookup(spelling); o == nil || o.Name != want {
			t.Errorf("%q is %v, want %s", spelling, o, want)
		}
	}
	for _, word := range []string{"", "-", "_", "ad", "add ", "tanh\x00", "ＡＤＤ"} {
		if o := Lookup(word); o != nil {
			t.Errorf("%q is %s", word, o)
		}
	}
}

// respell writes a word in random letter case, with random separators.
func respell(r *rand.Rand, word string) string {
	var b strings.Builder
	for _, letter := range strings.Split(word, "") {
		if r.IntN(2) == 0 {
			letter = strings.ToUpper(letter)
		}
		b.WriteString([]string{"", "", "-", "_"}[r.IntN(4)] + letter)
	}
	return b.String()
}

// TestWords expects the vocabulary of the search space, in its order: without a word, no
// cell could have its token.
func TestWords(t *testing.T) {
	for kind, want := range map[Kind]string{Combination: "add mul max", Activation: "identity tanh sigmoid relu sin"} {
		if got := strings.Join(Words(kind), " "); !strings.HasPrefix(got+" ", want+" ") {
			t.Errorf("%ss are %s, want %s", kind, got, want)
		}
		for _, word := range Tokens(kind) {
			if o := Lookup(word); o == nil || o.Kind != kind {
				t.Errorf("%q is not one of the %ss", word, kind)
			}
		}
	}
}

// TestProperties draws operands to check what rows say about all operands. Associativity
// holds except for rounding, relative to the operands.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for _, o := range Table() {
		last := math.Inf(-1)
		for i := range 200 {
			x := operands(r, o, 3)
			if o.Commutes && o.Define(x) != o.Define([]float64{x[1], x[0]}) {
				t.Errorf("%s does not commute at %v", o, x)
			}
			if !o.Range.Contains(o.Define(x)) {
				t.Errorf("%s leaves its range at %v", o, x)
			}
			if o.Arity == 2 && o.Form == Infix {
				z := random(r, 3)
				left, right := o.Define([]float64{o.Define(x), z}), o.Define([]float64{x[0], o.Define([]float64{x[1], z})})
				if near := math.Abs(left-right) < 1e-12; near != o.Associates {
					t.Errorf("%s at %v and %v: associates %t", o, x, z, near)
				}
			}
			if o.Monotone {
				y := o.Define([]float64{float64(i)/10 - 10})
				if y < last {
					t.Errorf("%s falls from %v to %v", o, last, y)
				}
				last = y
			}
		}
	}
}

// TestBounds checks the bounds that the README promises.
func TestBounds(t *testing.T) {
	for o, most := range map[*Op]float64{
		Tanh: 2, Sigmoid: 2.5, Exp: 1.5, Sin: 3.5, Cos: 3.5,
		Must("log"): 1, Sqrt: 0.5, Must("softplus"): 2, Must("normcdf"): 7, Must("elu"): 1,
	} {
		below := o.Covers(-1e5) || math.IsNaN(o.Define([]float64{-1e5}))
		if o.ULP > most || !below || !o.Covers(0) || !o.Covers(1e5) {
			t.Errorf("%s: %g ULP in %v", o, o.ULP, o.Domain)
		}
	}
}
