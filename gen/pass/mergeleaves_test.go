package pass

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

func TestMergeLeaves(t *testing.T) {
	for _, c := range []struct{ lines, slots string }{
		{"a = add s0 s1;b = mul a s2;d = mul b s3;h <- d", "{0,1} {2} {3}"},
		{"a = add s3 s1;b = mul a s2;d = mul b s0;h <- d", "{0} {2} {1,3}"},
		{"a = add s0 s1;b = add s2 s3;d = add a b;h <- d", "{0,1,2,3}"},
		{"a = add s0 s1;b = add s2 s3;d = mul a b;h <- d", "{0,1} {2,3}"},
		{"a = add s0 s1;b = tanh a;d = mul b s2;e = mul d s3;h <- e;c <- a", "{0,1} {2} {3}"}, // the sum may be used twice
		// What keeps slots apart.
		{"a = add s0 s1;b = mul a s0;d = mul b s2;e = mul d s3;h <- e", "{0} {1} {2} {3}"}, // another use
		{"a = add s0 s0;b = mul a s1;d = mul b s2;e = mul d s3;h <- e", "{0} {1} {2} {3}"}, // the same slot twice
		{"a = add s0 s1;b = mul a s2;d = mul b s3;h <- d;c <- s1", "{0} {1} {2} {3}"},      // a result
		{"a = sub s0 s1;b = mul a s2;d = mul b s3;h <- d", "{0} {1} {2} {3}"},              // not a sum
		{"a = add s0 c;b = mul a s1;d = mul b s2;e = mul d s3;h <- e", "{0} {1} {2} {3}"},  // not a slot
		{"i = tanh s0;a = add i s1;b = mul a s2;d = mul b s3;h <- d", "{0} {1} {2} {3}"},   // activated
		{"a = add s0 s1;b = add s0 s1;d = mul a b;e = mul d s2;k = mul e s3;h <- k", "{0} {1} {2} {3}"},
	} {
		before := graph(t, c.lines)
		f := copyOf(t, before)
		apply(t, MergeLeaves, f)
		got := ""
		for i, s := range f.Slots {
			got += " " + ir.Leaves(leavesOf(t, f, s, ir.Prev))
			if sum := f.Sum(i); !slices.Equal(leavesOf(t, f, s, ir.Given), leavesOf(t, f, s, ir.Prev)) || strings.Index(sum, "h·") < strings.LastIndex(sum, "x·") {
				t.Errorf("%s: slot %d is %s", c.lines, i, sum)
			}
		}
		if got[1:] != c.slots {
			t.Errorf("%s: slots are%s, want %s", c.lines, got, c.slots)
		}
		checkMerged(t, before, f)
	}
}

// leavesOf returns the leaves of a slot's products with operands of a kind.
func leavesOf(t *testing.T, f *ir.Func, s ir.Slot, kind ir.PortKind) (list []int) {
	t.Helper()
	for _, term := range s.Terms {
		if term.Operand.Kind == kind {
			leaf, err := strconv.Atoi(f.Params[term.Param].Label)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, leaf)
		}
	}
	return list
}

// checkMerged compares the graphs exactly. A merged slot is the sum of the slots that it
// replaces, of small integers here, so that no order rounds.
func checkMerged(t *testing.T, before, after *ir.Func) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	in, merged := edges(r), make(map[ir.Port]float64)
	for i := range 4 {
		in[ir.Port{Kind: ir.SlotIn, Index: i}] = float64(r.IntN(100)) // sums are exact
	}
	in[ir.Port{Kind: ir.Prev, Index: 1}] = 3
	merged[ir.Port{Kind: ir.Prev, Index: 1}] = 3
	for i, s := range after.Slots {
		for _, l := range leavesOf(t, after, s, ir.Prev) {
			merged[ir.Port{Kind: ir.SlotIn, Index: i}] += in[ir.Port{Kind: ir.SlotIn, Index: l}]
		}
	}
	if got, want := evaluate(after, merged), evaluate(before, in); !equal(got, want) {
		t.Errorf("results are %v, want %v\nbefore\n%s\nafter\n%s", got, want, before, after)
	}
}

// TestMergeLeavesSides expects slots of different sides to become one, with the products of
// each operand side by side.
func TestMergeLeavesSides(t *testing.T) {
	f, err := ir.Parse("func f\nstate h = output\nstate c = elementwise\nslot 0 = x{0}\nslot 1 = x{1} h{1}\nslot 2 = h{0}\na = slot[0]\nb = slot[1]\nc = slot[2]\nd = add a b\ne = add d c\nh <- e\n")
	if err != nil {
		t.Fatal(err)
	}
	apply(t, MergeLeaves, f)
	if got := f.Sum(0); len(f.Slots) != 1 || got != "x·W0 + x·W1 + h·U1 + h·U0" {
		t.Errorf("%d slots, the first %s:\n%s", len(f.Slots), got, f)
	}
}

// TestMergeLeavesOfOperands merges products of several operands, and vectors as biases.
func TestMergeLeavesOfOperands(t *testing.T) {
	const states = "state h = output elementwise;operand r;vector b;vector k;"
	const slots = "slot 0 = x{W};slot 1 = h{A};slot 2 = r{C};slot 3 = h{B.T};h = hprev;b = vector[0];k = vector[1];w = slot[0];a = slot[1];c = slot[2];d = slot[3];"
	for _, c := range []struct{ name, lines, slots string }{
		{"operands in their order", "p = add c a;q = add p w;n = mul q d;h <- n;operand[0] <- h", "W @ x + A @ h + C @ r | B.T @ h"},
		{"one operand, two matrices", "p = add a d;q = mul p w;n = mul q c;h <- n;operand[0] <- h", "W @ x | A @ h + B.T @ h | C @ r"},
		{"a vector is a bias", "p = add w b;q = mul p a;n = mul q c;m = mul n d;h <- m;operand[0] <- h", "W @ x + b | A @ h | C @ r | B.T @ h"},
		{"before the product too, and last", "p = add b a;q = add p w;n = mul q c;m = mul n d;h <- m;operand[0] <- h", "W @ x + A @ h + b | C @ r | B.T @ h"},
		{"not a vector that has another use", "p = add w b;q = mul p a;n = mul q c;m = mul n d;o = mul m b;h <- o;operand[0] <- h", "W @ x | A @ h | C @ r | B.T @ h"},
		{"not one number", "p = add w k;q = mul p a;n = mul q c;m = mul n d;h <- m;operand[0] <- h", "W @ x | A @ h | C @ r | B.T @ h"},
		{"not a state", "p = add w h;q = mul p a;n = mul q c;m = mul n d;h <- m;operand[0] <- b", "W @ x | A @ h | C @ r | B.T @ h"},
		{"not a difference", "p = sub w b;q = sub a c;n = mul p q;m = mul n d;h <- m;operand[0] <- h", "W @ x | A @ h | C @ r | B.T @ h"},
		{"not what is multiplied", "p = add w a;q = mul p c;n = mul q d;h <- n;operand[0] <- w", "W @ x | A @ h | C @ r | B.T @ h"},
	} {
		f := forward(t, states+slots+c.lines)
		apply(t, MergeLeaves, f)
		var got []string
		for i := range f.Slots {
			got = append(got, f.Sum(i))
		}
		slices.Sort(got)
		want := strings.Split(c.slots, " | ")
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: slots are %q, want %q\n%s", c.name, got, want, f)
		}
		for i := range f.Slots {
			if f.Input(ir.Port{Kind: ir.SlotIn, Index: i}) == nil {
				t.Errorf("%s: nothing is slot %d\n%s", c.name, i, f)
			}
		}
	}
}

func TestMergeLeavesTooLate(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a differentiated graph is merged")
		}
	}()
	_ = MergeLeaves(graph(t, "a = add s0 s1;h <- a;dslot[0] <- dh;dslot[1] <- dh"))
}
