package pass

import (
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// EliminateDead eliminates dead code: values that no result needs, inputs included. Slots
// stay, as their products are computed anyway.
func EliminateDead(f *ir.Func) error {
	live := make(map[*ir.Value]bool)
	for _, r := range f.Results {
		live[r.Value] = true
	}
	for _, v := range slices.Backward(f.Values) {
		if live[v] {
			for _, a := range v.Args {
				live[a] = true
			}
		}
	}
	f.Values = slices.DeleteFunc(f.Values, func(v *ir.Value) bool {
		return !live[v] && v.Port.Kind != ir.SlotIn
	})
	return nil
}
