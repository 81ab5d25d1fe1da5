package pass

import (
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// Save chooses, in a joint graph, the values that the forward graphs save for the backward
// graphs and for stages after them, and makes them results. Those of a stage are the minimum
// vertex cut between the values that cannot be recomputed later and their later uses (Chen
// et al. 2016, arXiv:1604.06174, pose the problem; for a graph without control flow the cut
// solves it).
//
// Every kernel is given the states s_{t-1}, vectors and inputs, and what stages before it have
// saved, and computes again what only constants decide, which has no width. It cannot recompute slots, which are matrix products, and does not recompute
// transcendentals, which cost more than a load. Of cuts with equally many values, Save takes
// one that moves no work into the forward graph and, among these, the one nearest to the uses.
func Save(f *ir.Func) error {
	free := Independent(f)
	primal := ancestors(f, ir.Next, ir.Operands, ir.Output)
	widths := f.Widths()
	c := newCutter(f)
	for k := range planOf(f) {
		c.cut(ir.Saved, cutOf{
			has: func(v *ir.Value) bool { return free[v] && v.Stage == k && !given(v) && widths[v] != "" },
			source: func(v *ir.Value) bool {
				return v.Port.Kind == ir.SlotIn || v.Op != nil && v.Op.Transcendental() && primal[v]
			},
			beyond: func(v *ir.Value) bool { return !free[v] || v.Stage > k },
			left:   func(r ir.Result) bool { return r.Stage > k || slices.Contains(ir.BackwardResults, r.Port.Kind) },
			cost:   func(v *ir.Value) int { return cost(v, primal) },
			stage:  k,
		})
	}
	return nil
}

// Carry chooses, in a joint graph, the values that backward graphs keep for the stages before
// them, and makes them results: a stage carries the minimum vertex cut between the
// cotangents that it is given and what stages before it compute from them.
func Carry(f *ir.Func) error {
	free := Independent(f)
	c := newCutter(f)
	for k := len(planOf(f)) - 1; k > 0; k-- {
		c.cut(ir.Carried, cutOf{
			has:    func(v *ir.Value) bool { return !free[v] && v.Stage == k },
			source: func(v *ir.Value) bool { return v.IsInput() },
			beyond: func(v *ir.Value) bool { return !free[v] && v.Stage < k },
			left:   func(r ir.Result) bool { return r.Stage < k },
			cost:   func(*ir.Value) int { return saved },
			stage:  k,
		})
	}
	return nil
}

// given reports whether every kernel of its width has the value.
func given(v *ir.Value) bool {
	switch v.Port.Kind {
	case ir.Prev, ir.Vector, ir.Given:
		return true
	}
	return v.IsConst()
}

// saved is the cost of a store and a load.
const saved = 1 << 16

// cost is the cost of saving v: a store and a load, and a tie-break against a value that
// the forward graph would not compute otherwise.
func cost(v *ir.Value, primal map[*ir.Value]bool) int {
	if v.IsInput() || primal[v] {
		return saved
	}
	return saved + 1
}

// cutter makes cuts of one graph.
type cutter struct {
	f     *ir.Func
	order map[*ir.Value]int
	count int
}

func newCutter(f *ir.Func) *cutter {
	c := &cutter{f: f, order: make(map[*ir.Value]int, len(f.Values))}
	for i, v := range f.Values {
		c.order[v] = i
	}
	return c
}

// cutOf says what is cut: values, some of which cannot be recomputed, from their uses.
type cutOf struct {
	has    func(v *ir.Value) bool // the value may be saved
	source func(v *ir.Value) bool // it cannot be recomputed
	beyond func(v *ir.Value) bool // a value beyond the cut
	left   func(r ir.Result) bool // a result beyond the cut
	cost   func(v *ir.Value) int
	stage  int
}

// cut makes the values of the minimum cut results, which leave through ports of a kind.
func (c *cutter) cut(kind ir.PortKind, of cutOf) {
	n := newNetwork(len(c.f.Values))
	for i, v := range c.f.Values {
		if !of.has(v) {
			continue
		}
		n.vertex(i, of.cost(v))
		if of.source(v) {
			n.fromSource(i)
		}
	}
	for i, v := range c.f.Values {
		for _, a := range v.Args {
			switch {
			case !of.has(a):
			case of.has(v):
				n.edge(c.order[a], i)
			case of.beyond(v):
				n.toSink(c.order[a])
			}
		}
	}
	for _, r := range c.f.Results {
		if of.has(r.Value) && of.left(r) {
			n.toSink(c.order[r.Value])
		}
	}
	for _, k := range n.cut() {
		c.f.Results = append(c.f.Results, ir.Result{Port: ir.Port{Kind: kind, Index: c.count}, Value: c.f.Values[k], Stage: of.stage})
		c.count++
	}
}

// Independent returns the values of a joint graph that depend on no cotangent.
func Independent(f *ir.Func) map[*ir.Value]bool {
	free := make(map[*ir.Value]bool)
	for _, v := range f.Values {
		free[v] = !v.Port.Kind.IsCotangent()
		for _, a := range v.Args {
			free[v] = free[v] && free[a]
		}
	}
	return free
}

// ancestors returns the values that results through ports of the given kinds need.
func ancestors(f *ir.Func, kinds ...ir.PortKind) map[*ir.Value]bool {
	found := make(map[*ir.Value]bool)
	var visit func(v *ir.Value)
	visit = func(v *ir.Value) {
		if !found[v] {
			found[v] = true
			for _, a := range v.Args {
				visit(a)
			}
		}
	}
	for _, r := range f.Results {
		for _, k := range kinds {
			if r.Port.Kind == k {
				visit(r.Value)
			}
		}
	}
	return found
}
