package interp

import (
	"math"

	"github.com/cellgen/cellgen/gen/ir"
)

// Run takes a joint graph over a sequence in float64, forward and back, with products as
// they are written. The graph may be a cell's definition or any rewriting of it, for a slot
// says what it sums.
func Run(joint *ir.Func, in *Inputs) *Outputs { return newRun(joint, in).all() }

// RunRounded is Run with every operator's result, and every product and sum on the way to a
// slot or a gradient, rounded to float32. How far it is from Run tells what float32 arithmetic
// can be expected to do to the cell. Way 0 rounds to the nearest, every other way to the nearest or
// the one beyond, of which each makes a choice of its own.
func RunRounded(joint *ir.Func, in *Inputs, way int) *Outputs {
	r := newRun(joint, in)
	r.m.rounding = nearest + rounding(way)
	return r.all()
}

// run is a machine, connected to the arrays of a run. It is at one batch row of one step at a
// time.
type run struct {
	*Inputs
	f   *ir.Func
	out *Outputs
	m   *Machine
	*order
	units  map[string]int // of each width
	places []int          // of slots in a row of pre

	params          []matrix
	given, dgiven   []rows // x and the inputs beside it, [T·B]
	initial, states []rows // of each state, [B] and [T·B]
	y, dy           rows   // the output and its cotangent, [T·B]
	pre             rows   // pre-activations of all slots, [T·B]
	d, before       []rows // the cotangents of s_t and of s_{t-1}, of each state, [B]

	t, b int
}

func newRun(joint *ir.Func, in *Inputs) *run {
	out := in.NewOutputs()
	out.Kink = math.Inf(1)
	for _, list := range []Arrays{out.Y, out.States, out.Gradients} {
		for i := range list {
			list[i].Data = make([]float64, list[i].Len())
		}
	}
	r := &run{
		Inputs: in, f: joint, out: out, m: newMachine(joint), params: in.matrices(out.Gradients),
		given:  append(in.Arrays.rows(X), in.Arrays.rows(Beside)...),
		dgiven: append(out.Gradients.rows(X), out.Gradients.rows(Beside)...),

		initial: in.Arrays.rows(Initial), states: out.States.rows(Next),
	}
	r.order = newOrder(r.m)
	r.output()
	r.allocate()
	r.vectors()
	return r
}

// output connects the output and its cotangent: a state's if parameters have no names.
func (r *run) output() {
	if r.Named {
		r.y, r.dy = r.out.Y.rows(Output)[0], r.Arrays.rows(DOutput)[0]
		return
	}
	i := r.Inputs.Output()
	r.y, r.dy = r.states[i], r.Arrays.rows(Cotangent)[i]
}

// allocate makes room for values and for the pre-activations of all steps.
func (r *run) allocate() {
	widths := r.f.Widths()
	r.measure(widths)
	r.m.allocate(func(v *ir.Value) int { return r.units[widths[v]] })
	n := 0
	for _, s := range r.f.Slots {
		r.places = append(r.places, n)
		n += r.Width(s.Width)
	}
	r.pre = newRows(r.Steps*r.Batch, n)
	for _, s := range r.initial {
		r.d, r.before = append(r.d, newRows(r.Batch, s.width)), append(r.before, newRows(r.Batch, s.width))
	}
}

// measure finds how many units each width of the graph has. Constants, which have any width,
// are as wide as the widest.
func (r *run) measure(widths map[*ir.Value]string) {
	r.units = map[string]int{"": 1}
	add := func(w string) {
		if _, ok := r.units[w]; !ok {
			r.units[w] = r.Width(w)
			r.units[""] = max(r.units[""], r.units[w])
		}
	}
	for _, w := range widths {
		add(w)
	}
	for _, result := range r.f.Results {
		add(r.f.Width(result.Port))
	}
}

// vectors gives the graph the parameters that it reads elementwise.
func (r *run) vectors() {
	for i, v := range r.f.Values {
		if v.Port.Kind == ir.Vector {
			spread(r.m.values[i], r.params[r.f.Vectors[v.Port.Index].Index].data)
		}
	}
}

// spread copies values, or one number to all units.
func spread(dst, src []float64) {
	if len(src) == 1 {
		fill(dst, src[0])
		return
	}
	copy(dst, src[:len(dst)])
}

// all takes the run forward and back.
func (r *run) all() *Outputs {
	for t := range r.Steps {
		for b := range r.Batch {
			r.enter(t, b)
			r.forwardRow()
		}
	}
	r.last()
	for t := r.Steps - 1; t >= 0; t-- {
		for _, s := range r.before {
			clear(s.data)
		}
		for b := range r.Batch {
			r.enter(t, b)
			r.backwardRow()
		}
		r.d, r.before = r.before, r.d
	}
	for i, dinitial := range r.out.Gradients.rows(Initial) {
		copy(dinitial.data, r.d[i].data)
	}
	return r.out
}

// last sets the cotangents of the last states to the given ones.
func (r *run) last() {
	for i, given := range r.Arrays.Of(Cotangent) {
		if r.Named || i != r.Inputs.Output() {
			copy(r.d[i].data, given)
		}
	}
}

// previous returns a state s_{t-1}.
func (r *run) previous(state int) []float64 {
	if r.t == 0 {
		return r.initial[state].row(r.b)
	}
	return r.states[state].row((r.t-1)*r.Batch + r.b)
}

// at is the place of the batch row in arrays of all steps.
func (r *run) at() int { return r.t*r.Batch + r.b }

// enter goes to a batch row of a step: it connects the graph's inputs to the arrays.
func (r *run) enter(t, b int) {
	r.t, r.b = t, b
	for i, v := range r.f.Values {
		p := v.Port
		switch p.Kind {
		case ir.SlotIn:
			r.m.values[i] = r.slot(p.Index)
		case ir.Prev:
			r.m.values[i] = r.previous(p.Index)
		case ir.Given:
			spread(r.m.values[i], r.given[r.f.Givens[p.Index].Index].row(r.at()))
		case ir.DNext:
			r.m.values[i] = r.d[p.Index].row(b)
		case ir.DOutput:
			r.m.values[i] = r.dy.row(r.at())
		}
	}
}

// slot returns a slot's pre-activations.
func (r *run) slot(i int) []float64 {
	return r.pre.row(r.at())[r.places[i]:][:r.units[r.f.Slots[i].Width]]
}
