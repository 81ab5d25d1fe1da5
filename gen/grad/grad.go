// Package grad differentiates graphs in reverse mode, with the derivatives of the
// operator table.
package grad

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

var operands = [...]op.Var{op.X0, op.X1, op.X2, op.X3}

// Reverse extends a forward graph to the joint graph of one step. It keeps values and
// results, takes the cotangent of every state s_t, and adds the cotangents of the slots
// and of every s_{t-1} that the graph reads. The cotangent of a value v is named dv. A
// graph that does not return all its states is an error; an operator without a derivative
// panics.
func Reverse(f *ir.Func) error {
	d := &differentiator{Builder: ir.NewBuilder(f), cotangents: make(map[*ir.Value]*ir.Value)}
	forward := f.Values
	for i, s := range f.States {
		next := ir.Port{Kind: ir.Next, Index: i}
		v := f.Result(next)
		if v == nil {
			return fmt.Errorf("grad: %s does not return %s", f.Name, s.Name)
		}
		d.accumulate(v, d.Input("d"+s.Name, next.Kind.Cotangent(), i))
	}
	for i := len(forward) - 1; i >= 0; i-- {
		d.value(forward[i])
	}
	for _, v := range forward {
		d.Node = v.Node
		if kind := v.Port.Kind.Cotangent(); kind != ir.NoPort {
			d.Return(d.cotangent(v), kind, v.Port.Index)
		}
	}
	return nil
}

type differentiator struct {
	*ir.Builder
	cotangents map[*ir.Value]*ir.Value // complete once all uses of the value have been visited
}

// value passes the cotangent of v on to its operands.
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
		contribution = d.Apply("", op.Add, sum, contribution)
	}
	d.cotangents[v] = contribution
}

// cotangent returns the complete cotangent of an input, or 0 if no result depends on it.
func (d *differentiator) cotangent(v *ir.Value) *ir.Value {
	if dv := d.cotangents[v]; dv != nil {
		return dv
	}
	return d.Const(0)
}
