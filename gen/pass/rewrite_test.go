package pass

import (
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

// TestRewritesKeepMeaning runs each pass over random graphs: results stay the same,
// exactly except for the sign of zero, at infinities and NaN too.
func TestRewritesKeepMeaning(t *testing.T) {
	for _, p := range []struct {
		name string
		run  func(*ir.Func) error
	}{{"simplify", Simplify}, {"cse", EliminateCommon}, {"deadcode", EliminateDead}, {"schedule", Schedule}} {
		for trial := range 200 {
			r := rand.New(rand.NewPCG(uint64(trial), 0))
			before := randomGraph(t, r)
			after := copyOf(t, before)
			apply(t, p.run, after)
			if operations(after) > operations(before) {
				t.Errorf("%s adds operations to\n%s", p.name, before)
			}
			for range 20 {
				in := edges(r)
				if want, got := evaluate(before, in), evaluate(after, in); !equal(got, want) {
					t.Fatalf("%s: %v are %v, want %v\nbefore\n%s\nafter\n%s", p.name, in, got, want, before, after)
				}
			}
			again := copyOf(t, after)
			apply(t, p.run, again)
			if p.name != "schedule" && again.String() != after.String() {
				t.Errorf("%s finds more to do in\n%s", p.name, after)
			}
		}
	}
}

// TestSimplify counts the operations that are left of each graph. Operations that matter
// for some floats must stay.
func TestSimplify(t *testing.T) {
	for _, c := range []struct {
		lines string
		left  int
	}{
		{"a = identity s0;b = identity a;h <- b", 0},
		{"z = 0;a = add s0 z;b = add z a;d = sub b z;h <- d", 0},
		{"i = 1;a = mul s0 i;b = mul i a;d = div b i;h <- d", 0},
		{"a = neg s0;b = neg a;h <- b", 0},
		{"a = neg s0;b = neg a;d = neg b;h <- d", 1},
		{"a = relu s0;b = relu a;h <- b", 1},
		{"a = sigmoid s0;b = relu a;h <- b", 1},
		{"a = tanh s0;b = relu a;h <- b", 2},
		{"a = neg s0;b = add s1 a;h <- b", 1},
		{"a = neg s0;b = add a s1;h <- b", 1},
		{"a = neg s0;b = sub s1 a;h <- b", 1},
		{"z = 0;a = sub z s0;b = add s1 a;h <- b", 1},
		{"m = -1;a = mul s0 m;b = mul m a;h <- b", 0},
		{"x = 2;y = 3;a = add x y;b = mul a s0;h <- b", 1},
		{"x = 2;y = -1;a = add x y;b = mul a s0;h <- b", 0},
		{"a = tanh s0;b = tanh s1;h <- b", 1},
		{"z = 0;a = mul s0 z;h <- a", 1},        // not for infinities
		{"a = sub s0 s0;h <- a", 1},             // not for infinities
		{"a = div s0 s0;h <- a", 1},             // not for 0
		{"a = max s0 s0;h <- a", 1},             // true, but no graph has it
		{"z = 0;a = sub z s0;h <- a;c <- a", 1}, // a negation
	} {
		f := graph(t, c.lines)
		apply(t, Simplify, f)
		if got := operations(f); got != c.left {
			t.Errorf("%s has %d operations left, want %d:\n%s", c.lines, got, c.left, f)
		}
	}
}

func TestEliminateCommon(t *testing.T) {
	for _, c := range []struct {
		lines  string
		values int // operations and constants left
	}{
		{"a = tanh s0;b = tanh s0;d = add a b;h <- d", 2},
		{"a = add s0 s1;b = add s1 s0;d = mul a b;h <- d", 2},
		{"a = sub s0 s1;b = sub s1 s0;d = mul a b;h <- d", 3},
		{"a = wins s0 s1;b = wins s1 s0;d = mul a b;h <- d", 3},
		{"a = tanh s0;b = tanh s0;d = neg a;e = neg b;k = sub d e;h <- k", 3},
		{"x = 0.5;y = 0.5;a = mul x s0;b = mul y s0;h <- a;c <- b", 2},
		{"x = 0;y = -0;a = mul x s0;b = mul y s0;h <- a;c <- b", 4},
		{"a = tanh s0;b = tanh s1;h <- a;c <- b", 2},
	} {
		f := graph(t, c.lines)
		inputs := 7
		apply(t, EliminateCommon, f)
		if got := len(f.Values) - inputs; got != c.values {
			t.Errorf("%s has %d values left, want %d:\n%s", c.lines, got, c.values, f)
		}
	}
	// A name of its own survives a temporary's.
	f := graph(t, "t1 = tanh s0;a0 = tanh s0;h <- a0;c <- t1")
	apply(t, EliminateCommon, f)
	if v := f.Result(ir.Port{Kind: ir.Next}); v.Name != "a0" || v != f.Result(ir.Port{Kind: ir.Next, Index: 1}) {
		t.Errorf("the merged value is %s:\n%s", v.Name, f)
	}
}

// TestEliminateDead expects unused operations, constants and inputs to be gone, but not
// slots, whose products are computed anyway.
func TestEliminateDead(t *testing.T) {
	f := graph(t, "k = 2;a = tanh s0;b = mul a k;d = neg a;h <- d")
	apply(t, EliminateDead, f)
	if got := len(f.Values); got != 4+2 || operations(f) != 2 || len(f.Slots) != 4 {
		t.Errorf("%d values are left:\n%s", got, f)
	}
}
