package pass

import (
	"github.com/cellgen/cellgen/gen/ir"
)

// Save chooses, in a joint graph, the values that the forward graph saves for the
// backward graph, and makes them results. They are the minimum vertex cut between the
// values that backward cannot recompute and its uses of them (Chen et al. 2016,
// arXiv:1604.06174, pose the problem; for a graph without control flow the cut solves it).
//
// Backward is given the states s_{t-1}. It cannot recompute slots, which are matrix
// products, and does not recompute transcendentals, which cost more than a load. Of cuts
// with equally many values, Save takes one that moves no work into the forward graph and,
// among these, the one nearest to the uses.
func Save(f *ir.Func) error {
	free := Independent(f)
	primal := ancestors(f, ir.Next)
	n := newNetwork(len(f.Values))
	for i, v := range f.Values {
		if !free[v] || v.IsConst() || v.Port.Kind == ir.Prev {
			continue
		}
		n.vertex(i, cost(v, primal))
		if v.Port.Kind == ir.SlotIn || v.Op != nil && v.Op.Transcendental() && primal[v] {
			n.fromSource(i)
		}
	}
	order := make(map[*ir.Value]int, len(f.Values))
	for i, v := range f.Values {
		order[v] = i
		for _, a := range v.Args {
			switch {
			case !free[a] || a.IsConst() || a.Port.Kind == ir.Prev:
			case free[v]:
				n.edge(order[a], i)
			default:
				n.toSink(order[a])
			}
		}
	}
	for i, k := range n.cut() {
		f.Results = append(f.Results, ir.Result{Port: ir.Port{Kind: ir.Saved, Index: i}, Value: f.Values[k]})
	}
	return nil
}

// cost is the cost of saving v: a store and a load, and a tie-break against a value that
// the forward graph would not compute otherwise.
func cost(v *ir.Value, primal map[*ir.Value]bool) int {
	const saved = 1 << 16
	if v.IsInput() || primal[v] {
		return saved
	}
	return saved + 1
}

// Independent returns the values of a joint graph that depend on no cotangent.
func Independent(f *ir.Func) map[*ir.Value]bool {
	free := make(map[*ir.Value]bool)
	for _, v := range f.Values {
		free[v] = v.Port.Kind != ir.DNext
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
