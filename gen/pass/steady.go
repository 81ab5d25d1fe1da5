package pass

import (
	"github.com/cellgen/cellgen/gen/ir"
)

func newStager(f *ir.Func) *stager {
	s := &stager{
		f: f, leaves: make(map[ir.Port]*ir.Value), free: Independent(f), widths: f.Widths(), delayed: make([]bool, len(f.States)),
		batched: make(map[*ir.Value]bool), depths: make(map[*ir.Value]int),
	}
	for _, r := range f.Results {
		s.leaves[r.Port] = r.Value
	}
	for changed := true; changed; {
		changed = false
		s.findSteady()
		for i := range f.States {
			if !s.delayed[i] && s.steady[s.next(i)] {
				s.delayed[i], changed = true, true
			}
		}
	}
	return s
}

func (s *stager) next(state int) *ir.Value {
	return s.leaves[ir.Port{Kind: ir.Next, Index: state}]
}

func (s *stager) operand(i int) *ir.Value {
	return s.leaves[ir.Port{Kind: ir.Operands, Index: i}]
}

// findSteady finds the values that depend on no state except delayed inputs.
func (s *stager) findSteady() {
	s.steady = make(map[*ir.Value]bool)
	for done := false; !done; { // an operand may stand after the slot that multiplies it
		done = true
		for _, v := range s.f.Values {
			if s.free[v] && !s.steady[v] && s.isSteady(v) {
				s.steady[v], done = true, false
			}
		}
	}
}

func (s *stager) isSteady(v *ir.Value) bool {
	for _, a := range s.needs(v) {
		if !s.steady[a] {
			return false
		}
	}
	for _, state := range s.states(v) {
		if !s.delayed[state] {
			return false
		}
	}
	return true
}

// needs returns what a value needs of the same step: its operands or, for a slot, what its
// products multiply.
func (s *stager) needs(v *ir.Value) []*ir.Value {
	needs := v.Args
	if v.Port.Kind == ir.SlotIn {
		for _, t := range s.f.Slots[v.Port.Index].Terms {
			if t.Operand.Kind == ir.Operands {
				needs = append(needs, s.operand(t.Operand.Index))
			}
		}
	}
	return needs
}

// states returns the states s_{t-1} that a value reads or, for a slot, that its products
// multiply.
func (s *stager) states(v *ir.Value) (states []int) {
	switch v.Port.Kind {
	case ir.Prev:
		return []int{v.Port.Index}
	case ir.SlotIn:
		for _, t := range s.f.Slots[v.Port.Index].Terms {
			if t.Operand.Kind == ir.Prev {
				states = append(states, t.Operand.Index)
			}
		}
	}
	return states
}

// batch finds what batched stages compute: steady values that products multiply, delayed
// inputs that products multiply, and all that these need.
func (s *stager) batch() {
	var need func(v *ir.Value)
	state := func(i int) {
		if s.delayed[i] && !s.batched[s.next(i)] {
			need(s.next(i))
		}
	}
	need = func(v *ir.Value) {
		if s.batched[v] {
			return
		}
		s.batched[v] = true
		for _, a := range s.needs(v) {
			need(a)
		}
		for _, i := range s.states(v) {
			state(i)
		}
	}
	for i := range s.f.Operands {
		if v := s.operand(i); s.steady[v] {
			need(v)
		}
	}
	for _, slot := range s.f.Slots {
		for _, t := range slot.Terms {
			if t.Operand.Kind == ir.Prev {
				state(t.Operand.Index)
			}
		}
	}
}
