package pass

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// MergeLeaves replaces the sum of two slots that nothing else uses by one slot: identity
// leaves that are only added together become one product. The slot takes the sum's name
// and node.
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
		if a.Port.Kind != ir.SlotIn || b.Port.Kind != ir.SlotIn || uses[a] != 1 || uses[b] != 1 {
			continue
		}
		into, from := &f.Slots[a.Port.Index], f.Slots[b.Port.Index]
		if into.Side() != from.Side() {
			continue // their products write different ranges of the tile
		}
		into.Input = merged(into.Input, from.Input)
		into.Recurrent = merged(into.Recurrent, from.Recurrent)
		sum.Op, sum.Args, sum.Port = nil, nil, a.Port
		removeSlot(f, b.Port.Index)
		f.Values = slices.DeleteFunc(slices.Clone(f.Values), func(v *ir.Value) bool { return v == a || v == b })
	}
	return nil
}

func merged(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
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
