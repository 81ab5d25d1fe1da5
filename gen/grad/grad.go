// Package grad differentiates graphs in reverse mode. The derivative of every
// operator comes from the operator table.
package grad

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

var operands = [...]op.Var{op.X0, op.X1, op.X2, op.X3}

// Reverse extends a forward graph into the joint graph of one step: its values
// and results stay, and the cotangents of its slots and of c_{t-1}, given those
// of h_t and c_t, are added. The cotangent of a value v is named dv.
func Reverse(f *ir.Func) error {
	d := &differentiator{Builder: ir.NewBuilder(f), cotangents: make(map[*ir.Value]*ir.Value)}
	forward := f.Values
	h, c := f.Result(ir.Port{Kind: ir.H}), f.Result(ir.Port{Kind: ir.C})
	if h == nil || c == nil {
		return fmt.Errorf("grad: %s does not return both h and c", f.Name)
	}
	d.accumulate(h, d.Input("dh", ir.DH, 0))
	d.accumulate(c, d.Input("dc", ir.DC, 0))
	for i := len(forward) - 1; i >= 0; i-- {
		d.value(forward[i])
	}
	for _, v := range forward {
		d.Node = v.Node
		switch v.Port.Kind {
		case ir.SlotIn:
			d.Return(d.cotangent(v), ir.DSlot, v.Port.Index)
		case ir.CPrev:
			d.Return(d.cotangent(v), ir.DCPrev, 0)
		}
	}
	return nil
}

type differentiator struct {
	*ir.Builder
	cotangents map[*ir.Value]*ir.Value // complete once every use of the value is done
}

// value hands the cotangent of v on to its operands.
func (d *differentiator) value(v *ir.Value) {
	dv := d.cotangents[v]
	if dv == nil {
		return // no result depends on v
	}
	d.Node = v.Node
	d.Rename(dv, "d"+v.Name)
	if v.Op == nil {
		return
	}
	if len(v.Op.Derivative) != len(v.Args) {
		panic(fmt.Sprintf("grad: %s has no derivative in\n%s", v.Op, d.Func))
	}
	env := map[op.Var]*ir.Value{op.Y: v, op.DY: dv}
	for i, a := range v.Args {
		env[operands[i]] = a
	}
	for i, a := range v.Args {
		d.accumulate(a, d.Expr(v.Op.Derivative[i], env))
	}
}

// accumulate adds a contribution to the cotangent of v.
func (d *differentiator) accumulate(v, contribution *ir.Value) {
	if sum := d.cotangents[v]; sum != nil {
		contribution = d.Apply("", op.Must("add"), sum, contribution)
	}
	d.cotangents[v] = contribution
}

// cotangent returns the complete cotangent of an input, 0 if nothing depends on
// the input.
func (d *differentiator) cotangent(v *ir.Value) *ir.Value {
	if dv := d.cotangents[v]; dv != nil {
		return dv
	}
	return d.Const(0)
}
