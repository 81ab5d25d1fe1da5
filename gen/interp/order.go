package interp

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
)

// order is the order in which a step computes the values of a joint graph: each after its
// operands, a slot after what its products multiply, and the cotangent of such an operand
// after the cotangents of these slots. Forward has what depends on no cotangent.
type order struct {
	forward, backward []int

	m       *Machine
	operand []int // the value of each operand of products
	dslot   []int // the cotangent of each slot, or -1
	known   []known
}

// known is what is known of a value.
type known byte

const (
	nothing   known = iota
	entered         // what it needs is being ordered
	primal          // it is in order, in forward
	cotangent       // it is in order, in backward
)

func newOrder(m *Machine) *order {
	o := &order{
		m: m, operand: m.results(ir.Operands, len(m.f.Operands)), dslot: m.results(ir.DSlot, len(m.f.Slots)),
		known: make([]known, len(m.code)),
	}
	for i := range m.code {
		o.place(i)
	}
	return o
}

// place puts a value in order, after what it needs.
func (o *order) place(i int) known {
	if o.known[i] == entered {
		panic(fmt.Sprintf("interp: %s needs itself in the same step, in\n%s", o.m.f.Values[i].Name, o.m.f))
	}
	if o.known[i] != nothing {
		return o.known[i]
	}
	o.known[i] = entered
	port, kind := o.m.f.Values[i].Port, primal
	if port.Kind.IsCotangent() {
		kind = cotangent
	}
	for _, a := range o.m.code[i].args {
		kind = max(kind, o.place(a))
	}
	switch port.Kind {
	case ir.SlotIn:
		for _, t := range o.m.f.Slots[port.Index].Terms {
			if t.Operand.Kind == ir.Operands {
				o.place(o.operand[t.Operand.Index])
			}
		}
	case ir.DOperands:
		for s := range o.m.f.Slots {
			if o.dslot[s] >= 0 && o.multiplies(s, port.Index) {
				o.place(o.dslot[s])
			}
		}
	}
	o.known[i] = kind
	if kind == primal {
		o.forward = append(o.forward, i)
	} else {
		o.backward = append(o.backward, i)
	}
	return kind
}

// multiplies reports whether a slot has a product with an operand of the graph.
func (o *order) multiplies(slot, operand int) bool {
	for _, t := range o.m.f.Slots[slot].Terms {
		if t.Operand == (ir.Port{Kind: ir.Operands, Index: operand}) {
			return true
		}
	}
	return false
}
