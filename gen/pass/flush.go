package pass

import (
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Flush makes states pass the operator of that name as they leave the forward graph, and in
// the backward graph their cotangents as they enter and those of slots as they leave, so that
// none decays into denormals and products meet none. All else, saved values included, uses what
// the operator returns.
func Flush(f *ir.Func) error {
	flushed := make(map[*ir.Value]*ir.Value)
	old := f.Values
	f.Values = nil
	b := ir.NewBuilder(&ir.Func{Name: f.Name, Values: old})
	for _, v := range old {
		f.Values = append(f.Values, v)
		if carried(f, v) {
			b.Node = v.Node
			flushed[v] = b.Apply(v.Name+"Flushed", op.Flush, v)
			f.Values = append(f.Values, flushed[v])
		}
	}
	f.Replace(flushed)
	for v, by := range flushed {
		by.Args[0] = v
	}
	return nil
}

// carried reports whether a value is a state or a slot's cotangent that leaves, or a state's
// cotangent that enters.
func carried(f *ir.Func, v *ir.Value) bool {
	for _, r := range f.Results {
		if r.Value == v && (r.Port.Kind == ir.Next || r.Port.Kind == ir.DSlot) {
			return true
		}
	}
	return v.Port.Kind == ir.DNext
}
