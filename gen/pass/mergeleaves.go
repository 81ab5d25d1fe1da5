package pass

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// MergeLeaves replaces the sum of two slots, or of a slot and a vector, that nothing else
// uses by one slot: products that are only added together become one product, and the vector
// its bias. The slot takes the sum's name and node.
//
// It must run after Simplify, which removes identities, and before differentiation, which
// adds uses of a leaf: it panics afterwards.
func MergeLeaves(f *ir.Func) error {
	uses := f.Uses()
	for _, sum := range f.Values {
		if sum.Op != op.Add {
			continue
		}
		a, b := sum.Args[0], sum.Args[1]
		if a.Port.Kind == ir.Vector {
			a, b = b, a
		}
		if a.Port.Kind != ir.SlotIn || uses[a] != 1 || uses[b] != 1 {
			continue
		}
		into := &f.Slots[a.Port.Index]
		switch b.Port.Kind {
		case ir.SlotIn:
			into.Terms = merged(f, into.Terms, f.Slots[b.Port.Index].Terms)
		case ir.Vector:
			param := f.Vectors[b.Port.Index].Index
			if len(f.Params[param].Shape) != 1 {
				continue
			}
			into.Terms = merged(f, into.Terms, []ir.Term{{Param: param}})
		default:
			continue
		}
		sum.Op, sum.Args, sum.Port = nil, nil, a.Port
		if b.Port.Kind == ir.SlotIn {
			removeSlot(f, b.Port.Index)
		}
		f.Values = slices.DeleteFunc(slices.Clone(f.Values), func(v *ir.Value) bool { return v == a || v == b })
	}
	return nil
}

func merged(f *ir.Func, a, b []ir.Term) []ir.Term {
	all := slices.Concat(a, b)
	if !f.Named { // leaves have an order of their own
		slices.SortFunc(all, func(a, b ir.Term) int { return a.Param - b.Param })
	}
	f.SortTerms(all)
	return all
}

// removeSlot removes a slot and renumbers the ports of the slots after it.
func removeSlot(f *ir.Func, i int) {
	f.Slots = slices.Delete(f.Slots, i, i+1)
	for _, v := range f.Values {
		if v.Port.Kind == ir.SlotIn && v.Port.Index > i {
			v.Port.Index--
		}
	}
	for _, r := range f.Results {
		if r.Port.Kind == ir.DSlot {
			panic(fmt.Sprintf("pass: mergeleaves after differentiation in\n%s", f))
		}
	}
}
