package pass

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/gen/op"
)

// TestRules compares the two sides of every rule for all pairs of numbers at which
// identities break. They are equal, except for the sign of zero.
func TestRules(t *testing.T) {
	inf := math.Inf(1)
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 0.3, -7, 1e300, -1e300, 5e-324, -5e-324, inf, -inf, math.NaN()}
	for _, r := range rules {
		for _, a := range numbers {
			for _, b := range numbers {
				got, want := value(r.to, a, b), value(r.from, a, b)
				if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%q: %v is %v for x = %v and y = %v, not %v", r.why, r.from.Op, want, a, b, got)
				}
			}
		}
	}
}

// value evaluates one side of a rule.
func value(e *op.Expr, x, y float64) float64 {
	switch {
	case e.Op != nil:
		var args []float64
		for _, a := range e.Args {
			args = append(args, value(a, x, y))
		}
		return e.Op.Define(args)
	case e.Var != op.None:
		return []float64{x, y}[e.Var-op.X0]
	}
	return e.Const
}

// TestRulesLessen expects every rule to give a part of its pattern or one operator on
// parts of it, and no rule to be hidden by an earlier one.
func TestRulesLessen(t *testing.T) {
	for i, r := range rules {
		parts := make(map[*op.Expr]bool)
		var visit func(e *op.Expr)
		visit = func(e *op.Expr) {
			parts[e] = true
			for _, a := range e.Args {
				visit(a)
			}
		}
		visit(r.from)
		for _, a := range r.to.Args {
			if !parts[r.to] && !parts[a] {
				t.Errorf("rule %d, %q: an operand is not a part of the pattern", i, r.why)
			}
		}
		for _, before := range rules[:i] {
			if covers(before.from, r.from) {
				t.Errorf("rule %d, %q, is never reached", i, r.why)
			}
		}
	}
}

// covers reports whether the general pattern matches everything that the special one
// matches.
func covers(general, special *op.Expr) bool {
	if general.Op != special.Op || len(general.Args) != len(special.Args) {
		return general.Var != op.None
	}
	for i, a := range general.Args {
		if !covers(a, special.Args[i]) {
			return false
		}
	}
	return general.Op != nil || general.Var != op.None || special.Var == op.None && general.Const == special.Const
}
