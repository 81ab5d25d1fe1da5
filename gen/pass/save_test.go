package pass

import (
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

// TestSave checks the cuts of small joint graphs, found by hand.
func TestSave(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"an output rather than its input", "a = tanh s0;q = mul a a;d = mul dh q;h <- a;c <- a;dslot[0] <- d", "a"},
		{"a slot that is used as it is", "a = mul s0 s1;d = mul dh s1;e = mul dh s0;h <- a;c <- a;dslot[0] <- d;dslot[1] <- e", "s0 s1"},
		{"one factor for two values", "a = tanh s0;b = tanh s1;q = mul a b;d = mul dh q;h <- a;c <- b;dslot[0] <- d", "q"},
		{"two factors for three values", "a = tanh s0;b = tanh s1;e = tanh s2;p = mul a b;q = mul b e;u = add a e;d = mul dh p;k = mul dh q;h <- u;c <- b;dslot[0] <- d;dslot[1] <- k", "p q"},
		{"what leaves backward without a cotangent", "a = tanh s0;b = mul a a;h <- b;c <- b;dcprev <- a", "a"},
		{"at a tie, what forward computes anyway", "a = tanh s0;b = sin s0;p = mul a a;q = sub p a;d = mul dh q;h <- a;c <- b;dslot[0] <- d", "a"},
		{"at a tie, then, what is nearest to its use", "a = mul s0 s1;b = relu a;k = add b b;e = step b;d = mul dh e;h <- k;c <- b;dslot[0] <- d", "b"},
		{"arithmetic on what is saved is free", "a = tanh s0;b = mul a a;e = relu b;d = mul dh e;k = mul dc a;h <- e;c <- a;dslot[0] <- d;dslot[1] <- k", "a"},
		{"a transcendental is not free", "a = tanh s0;b = tanh a;d = mul dh b;k = mul dc a;h <- b;c <- a;dslot[0] <- d;dslot[1] <- k", "a b"},
		{"a transcendental of backward alone is free", "a = sin s0;b = cos s0;d = mul dh b;k = mul dc s0;h <- a;c <- a;dslot[0] <- d;dslot[1] <- k", "s0"},
		{"the old state is given", "a = mul s0 c;d = mul dh c;h <- a;c <- a;dslot[0] <- d", ""},
		{"so is what is computed from it, except transcendentals", "p = mul c c;b = tanh c;a = mul s0 b;e = mul p b;d = mul dh e;h <- a;c <- a;dslot[0] <- d", "b"},
		{"constants", "k = 0.5;a = mul s0 k;d = mul dh k;h <- a;c <- a;dslot[0] <- d", ""},
	} {
		f := graph(t, c.lines)
		apply(t, Save, f)
		var got []string
		for _, r := range f.Results {
			if r.Port.Kind == ir.Saved {
				got = append(got, r.Value.Name)
			}
		}
		slices.Sort(got)
		if names := strings.Join(got, " "); names != c.want {
			t.Errorf("%s: %q is saved, want %q", c.name, names, c.want)
		}
	}
}

// TestSplitLeavesJoint runs passes on the parts, and expects the joint graph to stay as
// it is.
func TestSplitLeavesJoint(t *testing.T) {
	f := graph(t, "a = tanh s0;b = mul a c;z = 0;k = add b z;d = mul dh a;e = add d dc;h <- k;c <- b;dslot[0] <- e;saved[0] <- a")
	before := f.String()
	stages := Split(f)
	if len(stages) != 1 {
		t.Fatalf("%d stages", len(stages))
	}
	backward := stages[0].Backward
	for _, part := range []*ir.Func{stages[0].Forward, backward} {
		apply(t, Simplify, part)
		apply(t, Schedule, part)
	}
	if f.String() != before {
		t.Errorf("the joint graph becomes\n%s\nfrom\n%s", f, before)
	}
	if v := backward.Input(ir.Port{Kind: ir.Saved}); v == nil || v.Name != "a" || v.Op != nil || len(v.Args) > 0 {
		t.Errorf("a does not enter the backward graph:\n%s", backward)
	}
}
