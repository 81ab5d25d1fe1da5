package interp

import (
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// Run takes a joint graph over a sequence in float64, forward and back, with
// products as they are written. The graph may be a cell's definition or any
// rewriting of it, for a slot says which leaves it sums.
func Run(joint *ir.Func, in *Inputs) *Outputs { return newRun(joint, in).all() }

// RunRounded is Run with every operator's result, and every product and sum on
// the way to a slot, rounded to float32. How far it
// is from Run tells what float32 arithmetic can be expected to do to the cell.
func RunRounded(joint *ir.Func, in *Inputs) *Outputs {
	r := newRun(joint, in)
	r.m.Round = true
	return r.all()
}

// run is a machine, connected to the arrays of a run.
type run struct {
	*Inputs
	out    *Outputs
	output int // the place of the output state
	slots  []ir.Slot

	x, kernel, recurrent, bias     []float64
	dx, dkernel, drecurrent, dbias []float64
	initial, states                [][]float64 // of each state
	pre                            []float64   // slots of every unit, [T][B][H][slots]

	m                        *Machine
	slot, dslot              []*float64 // of each slot
	prev, next, dnext, dprev []*float64 // of each state
}

func newRun(joint *ir.Func, in *Inputs) *run {
	out := in.NewOutputs()
	out.Kink = math.Inf(1)
	for _, list := range []Arrays{out.States, out.Gradients} {
		for i := range list {
			list[i].Data = make([]float64, list[i].Len())
		}
	}
	slots, states, m := len(joint.Slots), len(in.States), NewMachine(joint)
	return &run{
		Inputs: in, out: out, output: in.Output(), slots: joint.Slots,
		x: in.Of(X)[0], kernel: in.Of(W)[0], recurrent: in.Of(U)[0], bias: in.Of(Bias)[0],
		dx: out.Gradients.Of(X)[0], dkernel: out.Gradients.Of(W)[0],
		drecurrent: out.Gradients.Of(U)[0], dbias: out.Gradients.Of(Bias)[0],
		initial: in.Of(Initial), states: out.States.Of(Next),
		pre: make([]float64, in.Steps*in.Batch*in.Hidden*slots),

		m: m, slot: m.Inputs(ir.SlotIn, slots), dslot: m.Results(ir.DSlot, slots),
		prev: m.Inputs(ir.Prev, states), next: m.Results(ir.Next, states),
		dnext: m.Inputs(ir.DNext, states), dprev: m.Results(ir.DPrev, states),
	}
}

func (r *run) all() *Outputs {
	for t := range r.Steps {
		r.forward(t)
	}
	d := make([][]float64, len(r.States)) // the cotangent of each s_t
	for i, given := range r.Of(Cotangent) {
		d[i] = slices.Clone(given)
	}
	every := r.Of(Cotangent)[r.output]
	d[r.output] = make([]float64, r.Batch*r.Hidden)
	for t := r.Steps - 1; t >= 0; t-- {
		for i := range d[r.output] {
			d[r.output][i] += every[t*r.Batch*r.Hidden+i]
		}
		d = r.backward(t, d)
	}
	for i, dinitial := range r.out.Gradients.Of(Initial) {
		copy(dinitial, d[i])
	}
	return r.out
}

// state returns each state s_{t-1}.
func (r *run) state(t int) [][]float64 {
	if t == 0 {
		return r.initial
	}
	units := r.Batch * r.Hidden
	s := make([][]float64, len(r.states))
	for i, all := range r.states {
		s[i] = all[(t-1)*units : t*units]
	}
	return s
}

// slotsOf returns the slots of unit u of batch row b at step t.
func (r *run) slotsOf(t, b, u int) []float64 {
	i := ((t*r.Batch+b)*r.Hidden + u) * len(r.slots)
	return r.pre[i : i+len(r.slots)]
}

func (r *run) forward(t int) {
	states := r.state(t)
	for b := range r.Batch {
		x, h := r.x[(t*r.Batch+b)*r.Input:][:r.Input], states[r.output][b*r.Hidden:][:r.Hidden]
		for u := range r.Hidden {
			pre := r.slotsOf(t, b, u)
			for s, slot := range r.slots {
				for _, l := range slot.Input {
					pre[s] = r.column(pre[s], x, r.kernel, l*r.Hidden+u)
				}
				for _, l := range slot.Recurrent {
					pre[s] = r.column(pre[s], h, r.recurrent, l*r.Hidden+u)
					if len(r.bias) > 0 {
						pre[s] = r.m.round(pre[s] + r.bias[l*r.Hidden+u])
					}
				}
				*r.slot[s] = pre[s]
			}
			for i, s := range states {
				*r.prev[i] = s[b*r.Hidden+u]
			}
			r.m.Run()
			r.out.Kink = min(r.out.Kink, r.m.Kink())
			for i, s := range r.states {
				s[(t*r.Batch+b)*r.Hidden+u] = *r.next[i]
			}
		}
	}
}

// backward accumulates the gradients of step t, given the cotangent of each s_t. It
// returns those of each s_{t-1}.
func (r *run) backward(t int, d [][]float64) [][]float64 {
	states, before := r.state(t), make([][]float64, len(d))
	for i := range before {
		before[i] = make([]float64, len(d[i]))
	}
	for b := range r.Batch {
		x, dx := r.x[(t*r.Batch+b)*r.Input:][:r.Input], r.dx[(t*r.Batch+b)*r.Input:][:r.Input]
		h, dh := states[r.output][b*r.Hidden:][:r.Hidden], before[r.output][b*r.Hidden:][:r.Hidden]
		for u := range r.Hidden {
			for s, p := range r.slotsOf(t, b, u) {
				*r.slot[s] = p
			}
			for i := range states {
				*r.prev[i], *r.dnext[i] = states[i][b*r.Hidden+u], d[i][b*r.Hidden+u]
			}
			r.m.Run()
			for i := range states {
				before[i][b*r.Hidden+u] += *r.dprev[i]
			}
			for s, slot := range r.slots {
				for _, l := range slot.Input {
					outer(*r.dslot[s], x, dx, r.kernel, r.dkernel, l*r.Hidden+u)
				}
				for _, l := range slot.Recurrent {
					outer(*r.dslot[s], h, dh, r.recurrent, r.drecurrent, l*r.Hidden+u)
					if len(r.bias) > 0 {
						r.dbias[l*r.Hidden+u] += *r.dslot[s]
					}
				}
			}
		}
	}
	return before
}

// column is sum + x·w for one column of w.
func (r *run) column(sum float64, x, w []float64, col int) float64 {
	width := len(w) / len(x)
	for k, v := range x {
		sum = r.m.round(sum + r.m.round(v*w[k*width+col]))
	}
	return sum
}

// outer takes the cotangent d of x·w for one column of w back to x and to w.
func outer(d float64, x, dx, w, dw []float64, col int) {
	width := len(w) / len(x)
	for k, v := range x {
		dx[k] += d * w[k*width+col]
		dw[k*width+col] += d * v
	}
}
