package interp

import (
	"github.com/cellgen/cellgen/gen/ir"
)

// forwardRow computes a batch row of a step, and keeps what leaves it.
func (r *run) forwardRow() {
	for _, i := range r.forward {
		if p := r.f.Values[i].Port; p.Kind == ir.SlotIn {
			r.products(p.Index)
		}
		r.compute(i)
	}
	for _, result := range r.f.Results {
		values := r.m.values[r.m.index[result.Value]]
		switch result.Port.Kind {
		case ir.Next:
			s := r.states[result.Port.Index].row(r.at())
			copy(s, values)
			if r.Named && result.Port.Index == r.Inputs.Output() {
				copy(r.y.row(r.at()), s)
			}
		case ir.Output:
			copy(r.y.row(r.at()), values)
		}
	}
}

// compute computes a value, and notes how near it was to a jump.
func (r *run) compute(i int) {
	r.m.compute(i)
	r.out.Kink = min(r.out.Kink, r.m.kink(i))
}

// products computes a slot.
func (r *run) products(slot int) {
	sums := r.slot(slot)
	for _, t := range r.f.Slots[slot].Terms {
		r.params[t.Param].of(t).multiply(sums, r.multiplied(t.Operand), r.m)
	}
}

var one = []float64{1}

// multiplied returns what a term multiplies: 1 for a bias.
func (r *run) multiplied(p ir.Port) []float64 {
	switch p.Kind {
	case ir.Given:
		return r.given[p.Index].row(r.at())
	case ir.Prev:
		return r.previous(p.Index)
	case ir.Operands:
		return r.m.values[r.operand[p.Index]][:r.units[r.f.Operands[p.Index].Width]]
	}
	return one
}

// backwardRow accumulates the gradients of a batch row of a step, given the cotangents of s_t.
// It adds the cotangents of s_{t-1} to r.before.
func (r *run) backwardRow() {
	if i := r.Inputs.Output(); i >= 0 {
		r.add(r.d[i].row(r.b), r.dy.row(r.at()))
	}
	for _, i := range r.forward {
		r.m.compute(i)
	}
	for _, i := range r.backward {
		if p := r.f.Values[i].Port; p.Kind == ir.DOperands {
			r.operandCotangent(i, p)
		}
		r.compute(i)
	}
	for _, result := range r.f.Results {
		r.elementwise(result.Port, r.m.values[r.m.index[result.Value]])
	}
	for s, slot := range r.f.Slots {
		if r.dslot[s] < 0 {
			continue
		}
		d := r.slotCotangent(s)
		for _, t := range slot.Terms {
			m := r.params[t.Param].of(t)
			m.outer(d, r.multiplied(t.Operand), r.m)
			switch t.Operand.Kind {
			case ir.Given:
				m.back(r.dgiven[t.Operand.Index].row(r.at()), d, r.m)
			case ir.Prev:
				m.back(r.before[t.Operand.Index].row(r.b), d, r.m)
			}
		}
	}
}

func (r *run) slotCotangent(slot int) []float64 {
	return r.m.values[r.dslot[slot]][:r.units[r.f.Slots[slot].Width]]
}

// operandCotangent computes the cotangent of an operand, through all products with it.
func (r *run) operandCotangent(i int, p ir.Port) {
	d := r.m.values[i]
	clear(d)
	for s, slot := range r.f.Slots {
		for _, t := range slot.Terms {
			if r.dslot[s] >= 0 && t.Operand == (ir.Port{Kind: ir.Operands, Index: p.Index}) {
				r.params[t.Param].of(t).back(d, r.slotCotangent(s), r.m)
			}
		}
	}
}

// elementwise adds cotangents of what the graph reads elementwise.
func (r *run) elementwise(p ir.Port, d []float64) {
	switch p.Kind {
	case ir.DPrev:
		r.add(r.before[p.Index].row(r.b), d)
	case ir.DVector:
		v := r.f.Vectors[p.Index]
		r.gather(r.params[v.Index].gradient, d[:r.units[v.Width]])
	case ir.DGiven:
		v := r.f.Givens[p.Index]
		r.gather(r.dgiven[v.Index].row(r.at()), d[:r.units[v.Width]])
	}
}

// gather adds cotangents of what spread has spread.
func (r *run) gather(dst, d []float64) {
	if len(dst) > 1 {
		r.add(dst, d)
		return
	}
	for _, v := range d {
		dst[0] = r.m.round(dst[0] + v)
	}
}

// add adds values to as many of dst.
func (r *run) add(dst, values []float64) {
	for i := range dst {
		dst[i] = r.m.round(dst[i] + values[i])
	}
}
