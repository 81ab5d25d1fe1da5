package pass

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// CSE merges values that apply the same operator to the same operands, and
// equal constants. The first of them stays; a tree name replaces a temporary's.
func CSE(f *ir.Func) error {
	seen := make(map[string]*ir.Value)
	by := make(map[*ir.Value]*ir.Value)
	for _, v := range f.Values {
		for i, a := range v.Args {
			if r := by[a]; r != nil {
				v.Args[i] = r
			}
		}
		if v.IsInput() {
			continue
		}
		k := key(v)
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

// key is equal for values that compute the same.
func key(v *ir.Value) string {
	if v.IsConst() {
		return fmt.Sprintf("%b", v.Const)
	}
	operands := make([]string, len(v.Args))
	for i, a := range v.Args {
		operands[i] = fmt.Sprintf("%p", a)
	}
	if v.Op.Commutes {
		slices.Sort(operands)
	}
	return v.Op.Name + " " + strings.Join(operands, " ")
}
