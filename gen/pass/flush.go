package pass

import (
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Flush makes states, operands of products and the output pass the operator flush as they
// leave the forward graph, and cotangents of inputs as they leave the backward graph, where the
// caller may get them as they are. Other cotangents pass trim: of states, operands and the
// output as they enter the backward graph, of slots as they leave it. So nothing decays into
// denormals, and products meet none. All else, saved values included, uses what the operators
// return.
func Flush(f *ir.Func) error {
	flushed := make(map[*ir.Value]*ir.Value)
	old := f.Values
	f.Values = nil
	b := ir.NewBuilder(&ir.Func{Name: f.Name, Values: old})
	for _, v := range old {
		f.Values = append(f.Values, v)
		b.Node = v.Node
		switch {
		case leaves(f, v, ir.Next), leaves(f, v, ir.Operands), leaves(f, v, ir.Output), leaves(f, v, ir.DGiven):
			flushed[v] = b.Apply(v.Name+"Flushed", op.Flush, v)
		case leaves(f, v, ir.DSlot), slices.Contains(entering, v.Port.Kind):
			flushed[v] = b.Apply(v.Name+"Trimmed", op.Trim, v)
		default:
			continue
		}
		f.Values = append(f.Values, flushed[v])
	}
	f.Replace(flushed)
	for v, by := range flushed {
		by.Args[0] = v
	}
	return nil
}

// leaves reports whether a value leaves through a port of a kind.
func leaves(f *ir.Func, v *ir.Value, kind ir.PortKind) bool {
	return slices.ContainsFunc(f.Results, func(r ir.Result) bool { return r.Value == v && r.Port.Kind == kind })
}

// entering are the kinds of ports through which cotangents enter the backward graph.
var entering = []ir.PortKind{ir.DNext, ir.DOperands, ir.DOutput}
