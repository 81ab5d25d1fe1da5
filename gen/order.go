package gen

import (
	"fmt"
	"slices"
)

// constraint says that one pass must come before another, wherever a pipeline has
// both, and why.
type constraint struct {
	before, after string // an empty before stands for every other pass
	why           string
}

// order lists the reasons for each pass's place.
var order = []constraint{
	{"simplify", "cse", "values that differ by an identity become equal"},
	{"simplify", "mergeleaves", "an identity hides that a leaf is only added"},
	{"cse", "mergeleaves", "a leaf in two equal sums has two uses until they are one"},
	{"cse", "grad", "equal values must share one cotangent"},
	{"mergeleaves", "grad", "a leaf can be merged only while the sum is its only use, and derivatives add uses"},
	{"grad", "late-simplify", "derivatives bring in constants"},
	{"grad", "late-cse", "two derivatives share factors"},
	{"late-simplify", "late-cse", "values that differ by an identity become equal"},
	{"late-cse", "deadcode", "what only a merged value used is then dead"},
	{"deadcode", "stage", "a dead value would need a stage"},
	{"stage", "save", "a stage saves what later stages use"},
	{"stage", "carry", "a stage carries what stages before it use"},
	{"deadcode", "save", "the cut must count only values that are used"},
	{"late-cse", "save", "a rewrite after it could cross the cut"},
	{"deadcode", "flush", "a dead cotangent would be flushed, and live"},
	{"deadcode", "round", "constants are folded in float64 before"},
	{"flush", "schedule", "what is flushed must leave as soon as it is computed"},
	{"deadcode", "schedule", "values that only the other graph needs would hold registers"},
	{"", "schedule", "its order is the final one"},
}

func init() {
	if err := verifyOrder(order, JointPasses, SplitPasses); err != nil {
		panic(err)
	}
}

// verifyOrder returns an error if a pipeline breaks a constraint or has a pass twice,
// if a pass has no reason for its place, or if a constraint names an unknown pass.
func verifyOrder(order []constraint, pipelines ...[]Pass) error {
	known := map[string]bool{"": true}
	for _, passes := range pipelines {
		for i, p := range passes {
			if at(passes, p.Name) != i {
				return fmt.Errorf("gen: pass %s is in a pipeline twice", p.Name)
			}
			if !slices.ContainsFunc(order, func(c constraint) bool { return c.before == p.Name || c.after == p.Name }) {
				return fmt.Errorf("gen: pass %s has no reason for its place", p.Name)
			}
			known[p.Name] = true
		}
		for _, c := range order {
			if err := c.verify(passes); err != nil {
				return err
			}
		}
	}
	for _, c := range order {
		for _, name := range []string{c.before, c.after} {
			if !known[name] {
				return fmt.Errorf("gen: order: unknown pass %q", name)
			}
		}
	}
	return nil
}

// verify returns an error if a pipeline breaks the constraint.
func (c constraint) verify(passes []Pass) error {
	after := at(passes, c.after)
	if after < 0 {
		return nil
	}
	for _, p := range passes[after+1:] {
		if p.Name == c.before || c.before == "" {
			return fmt.Errorf("gen: pass %s must come before %s: %s", p.Name, c.after, c.why)
		}
	}
	return nil
}

// at returns the index of a pass, or -1.
func at(passes []Pass, name string) int {
	return slices.IndexFunc(passes, func(p Pass) bool { return p.Name == name })
}
