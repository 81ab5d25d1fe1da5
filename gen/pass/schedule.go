package pass

import (
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// registers is the number of live values that a target with 16 vector registers (AVX2)
// can hold besides what a transcendental takes.
const registers = 10

// Schedule orders a graph so that few values are live at once. Inputs and constants move
// to their first use. Operations stay in the order of the tree as long as it fits into
// registers: it reads like the article, and has leaves side by side, so that a processor
// overlaps them. Otherwise it tries other orders, and takes the one with the fewest live
// values.
func Schedule(f *ir.Func) error {
	tree := sink(f.Values, f.Values)
	if ir.Live(tree) <= registers {
		f.Values = tree
		return nil
	}
	forth := make([]*ir.Value, len(f.Results))
	for i, r := range f.Results {
		forth[i] = r.Value
	}
	back := slices.Clone(forth)
	slices.Reverse(back)
	candidates := [][]*ir.Value{tree, sink(demand(f, forth), f.Values), sink(demand(f, back), f.Values)}
	f.Values = slices.MinFunc(candidates, func(a, b []*ir.Value) int { return ir.Live(a) - ir.Live(b) })
	return nil
}

// sink returns the operations in the given order, with each input or constant right
// before its first use, and then the values of all that are left over.
func sink(operations, all []*ir.Value) []*ir.Value {
	order := make([]*ir.Value, 0, len(all))
	placed := make(map[*ir.Value]bool)
	place := func(v *ir.Value) {
		if !placed[v] {
			placed[v] = true
			order = append(order, v)
		}
	}
	for _, v := range operations {
		if v.Op == nil {
			continue
		}
		for _, a := range v.Args {
			if a.Op == nil {
				place(a)
			}
		}
		place(v)
	}
	for _, v := range all {
		place(v)
	}
	return order
}

// demand returns the operations in the order in which the results, taken in the given
// order, need them: depth first, and of an operation's operands first the one that takes
// more registers (Sethi & Ullman 1970).
func demand(f *ir.Func, results []*ir.Value) []*ir.Value {
	need := sethiUllman(f)
	var order []*ir.Value
	placed := make(map[*ir.Value]bool)
	var place func(v *ir.Value)
	place = func(v *ir.Value) {
		if placed[v] || v.Op == nil {
			return
		}
		placed[v] = true
		operands := slices.Clone(v.Args)
		slices.SortStableFunc(operands, func(a, b *ir.Value) int { return need[b] - need[a] })
		for _, a := range operands {
			place(a)
		}
		order = append(order, v)
	}
	for _, r := range results {
		place(r)
	}
	return order
}

// sethiUllman returns each value's Sethi–Ullman number: the registers that its
// evaluation would take if nothing were shared.
func sethiUllman(f *ir.Func) map[*ir.Value]int {
	n := make(map[*ir.Value]int, len(f.Values))
	for _, v := range f.Values {
		if !v.IsConst() {
			n[v] = 1
		}
		var of []int
		for _, a := range v.Args {
			of = append(of, n[a])
		}
		slices.SortFunc(of, func(a, b int) int { return b - a })
		for held, need := range of {
			n[v] = max(n[v], need+held)
		}
	}
	return n
}
