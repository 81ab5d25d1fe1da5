package pass

import (
	"cmp"
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// EliminateCommon eliminates common subexpressions: it merges values that apply the same
// operator to the same operands, and equal constants. The first of them stays, with a
// name of its own if any of them has one.
func EliminateCommon(f *ir.Func) error {
	seen := make(map[key]*ir.Value)
	by := make(map[*ir.Value]*ir.Value)
	order := make(map[*ir.Value]int, len(f.Values))
	for i, v := range f.Values {
		order[v] = i
		for i, a := range v.Args {
			if r := by[a]; r != nil {
				v.Args[i] = r
			}
		}
		if v.IsInput() {
			continue
		}
		k := keyOf(v, order)
		first := seen[k]
		if first == nil {
			seen[k] = v
			continue
		}
		by[v] = first
		if first.Temporary() {
			first.Name, v.Name = v.Name, first.Name
		}
	}
	f.Replace(by)
	f.Values = slices.DeleteFunc(f.Values, func(v *ir.Value) bool { return by[v] != nil })
	return nil
}

// key is equal for values that compute the same thing.
type key struct {
	op       *op.Op
	constant uint64 // its bits: 0 is not -0
	operands [op.MaxArity]*ir.Value
}

// keyOf returns a value's key. Operands of an operator that commutes are put in the order
// of the graph.
func keyOf(v *ir.Value, order map[*ir.Value]int) key {
	if v.IsConst() {
		return key{constant: math.Float64bits(v.Const)}
	}
	k := key{op: v.Op}
	copy(k.operands[:], v.Args)
	if v.Op.Commutes {
		slices.SortFunc(k.operands[:len(v.Args)], func(a, b *ir.Value) int { return cmp.Compare(order[a], order[b]) })
	}
	return k
}
