package op

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestRowsAreComplete(t *testing.T) {
	for _, o := range Table() {
		if o.Name == "" || o.Arity < 1 || o.Arity > 4 || o.Go == "" || o.Define == nil || o.Cost < 0 {
			t.Errorf("row %+v lacks a field", o)
		}
		if o.Doc == "" || strings.Contains(o.Doc, "\n") || strings.HasSuffix(o.Doc, ".") {
			t.Errorf("%s: doc %q is no line", o, o.Doc)
		}
		if n := strings.Count(o.Format, "%s"); n != o.Arity || strings.Count(o.Format, "%") != n {
			t.Errorf("%s: format %q has %d verbs for %d operands", o, o.Format, n, o.Arity)
		}
		if want := map[Kind]int{Combination: 2, Activation: 1}[o.Kind]; want != 0 && o.Arity != want {
			t.Errorf("%s: a %s takes %d operands, not %d", o, o.Kind, want, o.Arity)
		}
		if want := o.Arity; o.Kind == Primitive && o.Derivative != nil || o.Kind != Primitive && len(o.Derivative) != want {
			t.Errorf("%s: a %s of %d operands has %d derivatives", o, o.Kind, o.Arity, len(o.Derivative))
		}
		if o.Kind == Primitive && o.Lowering != nil {
			t.Errorf("%s: a primitive with a lowering", o)
		}
		// A function of the runtime is made of the lowering, a builtin is not.
		if function := o.Go[0] >= 'A' && o.Go[0] <= 'Z'; function != (o.Lowering != nil) {
			t.Errorf("%s: Go form %q and lowering %v", o, o.Go, o.Lowering)
		}
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

// resolve checks an expression of the row of o: operators have rows, by their
// canonical names and with as many operands as they take; variables are operands
// of o or, in a derivative, Y and DY. Derivatives can be differentiated again,
// and lowerings are made of single instructions.
func resolve(t *testing.T, o *Op, e *Expr, derivative bool) {
	switch {
	case e.Op == "":
		if e.Var >= X0 && int(e.Var-X0) >= o.Arity || (e.Var == Y || e.Var == DY) && !derivative || e.Var > X3 {
			t.Errorf("%s: variable %d is not bound", o, e.Var)
		}
		if len(e.Args) > 0 || e.Var != None && e.Const != 0 {
			t.Errorf("%s: node %+v is two things", o, e)
		}
		return
	case Lookup(e.Op) == nil || Lookup(e.Op).Name != e.Op:
		t.Errorf("%s: no row %q", o, e.Op)
		return
	}
	used := Must(e.Op)
	if len(e.Args) != used.Arity {
		t.Errorf("%s: %s with %d operands", o, used, len(e.Args))
	}
	if derivative && used.Kind == Primitive || !derivative && used.Lowering != nil {
		t.Errorf("%s: %s, a %s, in derivative %t", o, used, used.Kind, derivative)
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

// TestWords wants the vocabulary of the search space: a word that is missing
// here is a token that no cell can have.
func TestWords(t *testing.T) {
	for kind, want := range map[Kind]string{Combination: "add mul max", Activation: "identity tanh sigmoid relu sin"} {
		if got := strings.Join(Words(kind), " "); got != want {
			t.Errorf("%ss are %s, want %s", kind, got, want)
		}
		for _, word := range Tokens(kind) {
			if o := Lookup(word); o == nil || o.Kind != kind {
				t.Errorf("%q is no %s", word, kind)
			}
		}
	}
}

func TestCommutes(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 0))
	for _, o := range Table() {
		for range 100 {
			x := random(r, o.Arity, 3)
			if o.Commutes && o.Define(x) != o.Define([]float64{x[1], x[0]}) {
				t.Errorf("%s does not commute at %v", o, x)
			}
		}
	}
}
