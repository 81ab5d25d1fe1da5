package gen

import (
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/ir"
)

// TestOrder exchanges the two passes of every constraint, and expects an error that
// gives the reason.
func TestOrder(t *testing.T) {
	for _, c := range order {
		broken := 0
		for _, pipeline := range [][]Pass{JointPasses, SplitPasses} {
			passes := slices.Clone(pipeline)
			before, after := at(passes, c.before), at(passes, c.after)
			if c.before == "" {
				before = 0
			}
			if before < 0 || after < 0 {
				continue
			}
			broken++
			passes[before], passes[after] = passes[after], passes[before]
			if err := c.verify(passes); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%s before %s: %v", c.after, c.before, err)
			}
			if verifyOrder(order, JointPasses, SplitPasses, passes) == nil {
				t.Errorf("%s before %s is accepted", c.after, c.before)
			}
		}
		if broken == 0 {
			t.Errorf("no pipeline has both %q and %q", c.before, c.after)
		}
	}
}

func TestOrderFindsStrangers(t *testing.T) {
	nothing := func(*ir.Func) error { return nil }
	for what, c := range map[string]struct {
		order    []constraint
		pipeline []Pass
		want     string
	}{
		"a pass without a reason": {order, append(slices.Clone(JointPasses), Pass{"fuse", nothing}), "pass fuse has no reason for its place"},
		"a pass twice":            {order, append(slices.Clone(JointPasses), JointPasses[0]), "pass simplify is in a pipeline twice"},
		"a pass that is gone":     {append(slices.Clone(order), constraint{"fuse", "save", ""}), JointPasses, `unknown pass "fuse"`},
		"a pass after the last":   {append(slices.Clone(order), constraint{"simplify", "fuse", ""}), append(slices.Clone(SplitPasses), Pass{"fuse", nothing}), "pass fuse must come before schedule"},
	} {
		if err := verifyOrder(c.order, c.pipeline, SplitPasses); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
