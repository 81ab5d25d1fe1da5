package interp

import (
	"math"

	"github.com/cellgen/cellgen/gen/ir"
)

// Inputs is what a run over a sequence of T steps takes: time-major arrays, and
// weights in TensorFlow's layout, a cell's N leaves side by side.
type Inputs struct {
	Steps, Batch, Input, Hidden int

	X         []float64 // [T][B][D]
	H0, C0    []float64 // [B][H]
	Kernel    []float64 // W, [D][N·H]
	Recurrent []float64 // U, [H][N·H]
	Bias      []float64 // b, [N·H], or empty for none
	DH        []float64 // cotangents of every h_t, [T][B][H]
	DC        []float64 // cotangent of the last c, [B][H]
}

// Outputs is what a run yields: the states after every step, and the gradients
// of Σ DH·h + Σ DC·c_T, in the layouts of Inputs.
type Outputs struct {
	H, C       []float64 // [T][B][H]
	DX         []float64
	DH0, DC0   []float64
	DKernel    []float64
	DRecurrent []float64
	DBias      []float64 // empty without a bias
	Kink       float64   // how near a derivative was to a jump; see Machine.Kink
}

// Run takes a joint graph over a sequence in float64, forward and back, with
// products as they are written. The graph may be a cell's definition or any
// rewriting of it, for a slot says which leaves it sums.
func Run(joint *ir.Func, leaves int, in *Inputs) *Outputs {
	return newRun(joint, leaves, in).all()
}

// RunRounded is Run with every operator's result, and every product and sum on
// the way to a slot, rounded to float32. How far it
// is from Run tells what float32 arithmetic can be expected to do to the cell.
func RunRounded(joint *ir.Func, leaves int, in *Inputs) *Outputs {
	r := newRun(joint, leaves, in)
	r.m.Round = true
	return r.all()
}

func (r *run) all() *Outputs {
	in := r.Inputs
	for t := range in.Steps {
		r.forward(t)
	}
	dh := make([]float64, in.Batch*in.Hidden)
	dc := append([]float64(nil), in.DC...)
	for t := in.Steps - 1; t >= 0; t-- {
		for i := range dh {
			dh[i] += in.DH[t*len(dh)+i]
		}
		dh = r.backward(t, dh, dc)
	}
	r.out.DH0, r.out.DC0 = dh, dc
	return r.out
}

type run struct {
	*Inputs
	leaves int
	slots  []ir.Slot
	out    *Outputs
	pre    []float64 // slots of every unit, [T][B][H][slots]
	m      *Machine
	slot   []*float64
	dslot  []*float64
}

func newRun(joint *ir.Func, leaves int, in *Inputs) *run {
	r := &run{Inputs: in, leaves: leaves, slots: joint.Slots, m: NewMachine(joint)}
	units := in.Batch * in.Hidden
	r.out = &Outputs{
		H: make([]float64, in.Steps*units), C: make([]float64, in.Steps*units),
		DX: make([]float64, len(in.X)), DKernel: make([]float64, len(in.Kernel)),
		DRecurrent: make([]float64, len(in.Recurrent)), DBias: make([]float64, len(in.Bias)),
		Kink: math.Inf(1),
	}
	r.pre = make([]float64, in.Steps*units*len(r.slots))
	r.slot = r.m.Inputs(ir.SlotIn, len(r.slots))
	r.dslot = r.m.Results(ir.DSlot, len(r.slots))
	return r
}

// state returns h_{t-1} and c_{t-1}.
func (r *run) state(t int) (h, c []float64) {
	if t == 0 {
		return r.H0, r.C0
	}
	units := r.Batch * r.Hidden
	return r.out.H[(t-1)*units : t*units], r.out.C[(t-1)*units : t*units]
}

// slotsOf returns the slots of unit u of batch row b at step t.
func (r *run) slotsOf(t, b, u int) []float64 {
	i := ((t*r.Batch+b)*r.Hidden + u) * len(r.slots)
	return r.pre[i : i+len(r.slots)]
}

func (r *run) forward(t int) {
	h, c := r.state(t)
	width := r.leaves * r.Hidden
	cPrev := r.m.Inputs(ir.CPrev, 1)[0]
	hOut, cOut := r.m.Results(ir.H, 1)[0], r.m.Results(ir.C, 1)[0]
	for b := range r.Batch {
		x := r.X[(t*r.Batch+b)*r.Input:][:r.Input]
		for u := range r.Hidden {
			pre := r.slotsOf(t, b, u)
			for s, slot := range r.slots {
				for _, l := range slot.Input {
					pre[s] = r.column(pre[s], x, r.Kernel, l*r.Hidden+u, width)
				}
				for _, l := range slot.Recurrent {
					pre[s] = r.column(pre[s], h[b*r.Hidden:][:r.Hidden], r.Recurrent, l*r.Hidden+u, width)
					if len(r.Bias) > 0 {
						pre[s] = r.m.round(pre[s] + r.Bias[l*r.Hidden+u])
					}
				}
				*r.slot[s] = pre[s]
			}
			*cPrev = c[b*r.Hidden+u]
			r.m.Run()
			r.out.Kink = min(r.out.Kink, r.m.Kink())
			i := (t*r.Batch+b)*r.Hidden + u
			r.out.H[i], r.out.C[i] = *hOut, *cOut
		}
	}
}

// backward accumulates the gradients of step t, given the cotangents of h_t and
// c_t. It returns that of h_{t-1}, and leaves that of c_{t-1} in dc.
func (r *run) backward(t int, dh, dc []float64) []float64 {
	h, c := r.state(t)
	width := r.leaves * r.Hidden
	cPrev, dhIn, dcIn := r.m.Inputs(ir.CPrev, 1)[0], r.m.Inputs(ir.DH, 1)[0], r.m.Inputs(ir.DC, 1)[0]
	dcPrev := r.m.Results(ir.DCPrev, 1)[0]
	dhPrev := make([]float64, len(dh))
	for b := range r.Batch {
		x, dx := r.X[(t*r.Batch+b)*r.Input:][:r.Input], r.out.DX[(t*r.Batch+b)*r.Input:][:r.Input]
		hb, dhb := h[b*r.Hidden:][:r.Hidden], dhPrev[b*r.Hidden:][:r.Hidden]
		for u := range r.Hidden {
			i := b*r.Hidden + u
			for s, p := range r.slotsOf(t, b, u) {
				*r.slot[s] = p
			}
			*cPrev, *dhIn, *dcIn = c[i], dh[i], dc[i]
			r.m.Run()
			dc[i] = *dcPrev
			for s, slot := range r.slots {
				d := *r.dslot[s]
				for _, l := range slot.Input {
					outer(d, x, dx, r.Kernel, r.out.DKernel, l*r.Hidden+u, width)
				}
				for _, l := range slot.Recurrent {
					outer(d, hb, dhb, r.Recurrent, r.out.DRecurrent, l*r.Hidden+u, width)
					if len(r.Bias) > 0 {
						r.out.DBias[l*r.Hidden+u] += d
					}
				}
			}
		}
	}
	return dhPrev
}

// column is sum + x·w for one column of w.
func (r *run) column(sum float64, x, w []float64, col, width int) float64 {
	for k, v := range x {
		sum = r.m.round(sum + r.m.round(v*w[k*width+col]))
	}
	return sum
}

// outer takes the cotangent d of x·w for one column of w back to x and to w.
func outer(d float64, x, dx, w, dw []float64, col, width int) {
	for k, v := range x {
		dx[k] += d * w[k*width+col]
		dw[k*width+col] += d * v
	}
}
