package pass

import (
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Flush makes the states and the cotangents that leave a graph pass the operator of that
// name, so that no product and no later step meets a denormal. What else uses them, saved
// values included, uses what it returns.
func Flush(f *ir.Func) error {
	flushed := make(map[*ir.Value]*ir.Value)
	b := ir.NewBuilder(&ir.Func{Name: f.Name, Values: f.Values})
	var values []*ir.Value
	for _, v := range f.Values {
		values = append(values, v)
		if leaves(f, v) && flushed[v] == nil {
			b.Node = v.Node
			flushed[v] = b.Apply(v.Name+"Out", op.Flush, v)
			values = append(values, flushed[v])
		}
	}
	f.Values = values
	f.Replace(flushed)
	for v, out := range flushed {
		out.Args[0] = v
	}
	return nil
}

// leaves reports whether a value is a result of a layer or enters a product: a state, or
// a cotangent.
func leaves(f *ir.Func, v *ir.Value) bool {
	for _, r := range f.Results {
		if r.Value == v && r.Port.Kind != ir.Saved {
			return true
		}
	}
	return false
}
