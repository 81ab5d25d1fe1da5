// Package grad differentiates graphs in reverse mode, with the derivatives of the
// operator table.
package grad

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

var operands = [...]op.Var{op.X0, op.X1, op.X2, op.X3}

// Reverse extends a forward graph to the joint graph of one step. It keeps values and
// results, takes the cotangent of every state s_t, of every operand of products and of the
// output, and adds the cotangents of what enters: the slots, and every s_{t-1}, parameter and
// input that the graph reads. The cotangent of a value v is named dv. A graph that does not
// return all its states is an error; an operator without a derivative panics.
func Reverse(f *ir.Func) error {
	d := &differentiator{Builder: ir.NewBuilder(f), widths: f.Widths(), cotangents: make(map[*ir.Value]*ir.Value)}
	forward := f.Values
	f.States = slices.Clone(f.States)
	for i := range f.States { // a read may have been simplified away
		f.States[i].Elementwise = f.Input(ir.Port{Kind: ir.Prev, Index: i}) != nil
	}
	for _, p := range leaving(f) {
		v := f.Result(p)
		if v == nil {
			return fmt.Errorf("grad: %s does not return %s", f.Name, f.PortName(p))
		}
		d.accumulate(v, d.Input("d"+f.Owner(p), p.Kind.Cotangent(), p.Index))
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

// leaving returns the ports through which results leave that have cotangents.
func leaving(f *ir.Func) (ports []ir.Port) {
	for _, kind := range []ir.PortKind{ir.Next, ir.Operands, ir.Output} {
		for i := range f.Ports(kind) {
			ports = append(ports, ir.Port{Kind: kind, Index: i})
		}
	}
	return ports
}

type differentiator struct {
	*ir.Builder
	widths     map[*ir.Value]string
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
		if d.widths[a] != "" { // what only constants decide has no cotangent
			// A derivative of 0 passes none on: what a kernel computes from 0 alone has no width.
			if e := v.Op.Derivative[i]; !e.IsZero() {
				d.accumulate(a, d.Expr(e, env))
			}
		}
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
