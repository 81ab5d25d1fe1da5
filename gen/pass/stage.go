package pass

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// Stage cuts a joint graph into stages: it chooses the plan, and for each value and result
// the stage that computes it. A stage has the values of one width whose products have
// operands that stages before it compute. First come batched stages, which compute what
// products multiply and what depends on no state, or only on delayed inputs; the products
// of what they and x are need no stage of their own.
//
// Values that depend on no cotangent belong to the first stage that can compute them. What
// only inputs decide is computed as late as its first use. Cotangents belong to the last
// stage whose backward kernel can compute them.
func Stage(f *ir.Func) error {
	s := newStager(f)
	s.batch()
	s.plan()
	for _, v := range f.Values {
		if s.free[v] {
			v.Stage = s.earliest(v)
		}
	}
	s.results(ir.ForwardResults)
	s.delay()
	s.backward()
	s.results(ir.BackwardResults)
	for _, r := range f.Results {
		forward := slices.Contains(ir.ForwardResults, r.Port.Kind) // a backward kernel can have all that is saved
		if w := f.Width(r.Port); w != s.stages[r.Stage].width {
			return fmt.Errorf("pass: %s of width %s leaves stage %d, of width %s", f.PortName(r.Port), w, r.Stage, s.stages[r.Stage].width)
		}
		if v := r.Value; !s.free[v] && r.Stage > v.Stage || forward && !v.IsConst() && r.Stage < v.Stage {
			return fmt.Errorf("pass: %s leaves stage %d, but stage %d computes it", f.PortName(r.Port), r.Stage, v.Stage)
		}
	}
	return nil
}

// level is how many products of the same step a value waits for, and its width.
type level struct {
	batched bool
	depth   int
	width   string
}

type stager struct {
	f       *ir.Func
	leaves  map[ir.Port]*ir.Value // results
	free    map[*ir.Value]bool    // depends on no cotangent
	widths  map[*ir.Value]string
	steady  map[*ir.Value]bool // depends on no state, or only on delayed inputs
	delayed []bool             // states that are delayed inputs
	batched map[*ir.Value]bool // computed by batched stages
	depths  map[*ir.Value]int
	stages  []level
}

// results chooses the stages of results of some kinds: of the values that leave, but of the
// slot for the cotangent of a slot, and a stage of the port's width for constants.
func (s *stager) results(kinds []ir.PortKind) {
	for i := range s.f.Results {
		r := &s.f.Results[i]
		if !slices.Contains(kinds, r.Port.Kind) {
			continue
		}
		switch {
		case r.Port.Kind == ir.DSlot:
			r.Stage = s.f.Input(ir.Port{Kind: ir.SlotIn, Index: r.Port.Index}).Stage
		case r.Port.Kind == ir.Operands || r.Port.Kind == ir.Next && s.batched[r.Value]:
			r.Stage = s.after(s.level(r.Value, s.f.Width(r.Port)))
		case r.Port.Kind == ir.Next || r.Port.Kind == ir.Output:
			r.Stage = s.after(s.last(*r))
		case r.Value.IsConst():
			r.Stage = s.after(level{false, 0, s.f.Width(r.Port)})
			if r.Stage < 0 {
				r.Stage = s.after(level{true, 0, s.f.Width(r.Port)})
			}
		default:
			r.Stage = r.Value.Stage
		}
	}
}

// delay moves steady values that forward needs, and that batched stages do not compute, to
// the first stage that uses them, and with them what is computed for backward alone.
func (s *stager) delay() {
	primal := ancestors(s.f, ir.Next, ir.Operands, ir.Output)
	first := make(map[*ir.Value]int)
	use := func(v *ir.Value, stage int) {
		if at, ok := first[v]; !ok || stage < at {
			first[v] = stage
		}
	}
	for _, r := range s.f.Results {
		if slices.Contains(ir.ForwardResults, r.Port.Kind) {
			use(r.Value, r.Stage)
		}
	}
	for _, v := range slices.Backward(s.f.Values) {
		if !primal[v] {
			continue
		}
		if at, ok := first[v]; ok && s.steady[v] && !s.batched[v] && (v.Op != nil || v.Port.Kind == ir.SlotIn) {
			v.Stage = at
		}
		for _, a := range v.Args {
			use(a, v.Stage)
		}
	}
	for _, v := range s.f.Values {
		for _, a := range v.Args {
			if s.free[v] && !given(a) {
				v.Stage = max(v.Stage, a.Stage)
			}
		}
	}
}

// backward chooses the stages of values that depend on cotangents.
func (s *stager) backward() {
	for _, v := range s.f.Values {
		if s.free[v] {
			continue
		}
		v.Stage = len(s.stages) - 1
		if v.IsInput() {
			v.Stage = s.stageOf(v.Port)
		}
		for _, a := range v.Args {
			if !s.free[a] {
				v.Stage = min(v.Stage, a.Stage)
			}
		}
	}
}

// stageOf returns the stage of the result whose cotangent enters through a port.
func (s *stager) stageOf(p ir.Port) int {
	for _, r := range s.f.Results {
		if r.Port.Kind.Cotangent() == p.Kind && r.Port.Index == p.Index {
			return r.Stage
		}
	}
	panic("pass: a cotangent of nothing")
}
