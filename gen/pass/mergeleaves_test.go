package pass

import (
	"fmt"
	"math/rand/v2"
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
			got += fmt.Sprintf(" %s", ir.Leaves(s.Recurrent))
			if fmt.Sprint(s.Input) != fmt.Sprint(s.Recurrent) {
				t.Errorf("%s: the sides of slot %d are %v", c.lines, i, s)
			}
		}
		if got[1:] != c.slots {
			t.Errorf("%s: slots are%s, want %s", c.lines, got, c.slots)
		}
		checkMerged(t, before, f)
	}
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
		for _, l := range s.Recurrent {
			merged[ir.Port{Kind: ir.SlotIn, Index: i}] += in[ir.Port{Kind: ir.SlotIn, Index: l}]
		}
	}
	if got, want := evaluate(after, merged), evaluate(before, in); !equal(got, want) {
		t.Errorf("results are %v, want %v\nbefore\n%s\nafter\n%s", got, want, before, after)
	}
}

// TestMergeLeavesSides expects slots of different sides to stay apart, as their products
// write different ranges.
func TestMergeLeavesSides(t *testing.T) {
	f, err := ir.Parse("func f\nstate h = output\nstate c = elementwise\nslot 0 = x{0}\nslot 1 = x{1} h{1}\nslot 2 = h{0}\na = slot[0]\nb = slot[1]\nc = slot[2]\nd = add a b\ne = add d c\nh <- e\n")
	if err != nil {
		t.Fatal(err)
	}
	apply(t, MergeLeaves, f)
	if len(f.Slots) != 3 {
		t.Errorf("slots of two sides are merged:\n%s", f)
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
