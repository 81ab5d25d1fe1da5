package pass

import (
	"cmp"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// Split splits a joint graph, whose stages and saved values are chosen, into the graphs of
// its stages' kernels. A forward graph has the values that stages before it have saved; a
// backward graph has all saved values and what stages after it carry, and recomputes the rest.
// The joint graph stays as it is.
func Split(joint *ir.Func) []ir.Stage {
	s := newSplitter(joint)
	var stages []ir.Stage
	for k, plan := range s.plan {
		stage := ir.Stage{Width: plan.Width, Batched: plan.Batched}
		stage.Forward = s.part(k, ".forward", ir.ForwardResults)
		stage.Backward = s.part(k, ".backward", ir.BackwardResults)
		stages = append(stages, stage)
	}
	s.vectors(stages)
	return stages
}

// splitter knows the places that values have in the rows of kernels.
type splitter struct {
	joint   *ir.Func
	plan    []ir.StagePlan
	saved   map[*ir.Value]ir.Port
	carried map[*ir.Value]ir.Port
	columns map[string]*ir.Columns // of each width
	slots   map[int]ir.Port        // a slot's port in its stage
	of      [][]int                // each stage's slots
}

func newSplitter(joint *ir.Func) *splitter {
	s := &splitter{
		joint: joint, plan: planOf(joint), saved: make(map[*ir.Value]ir.Port), carried: make(map[*ir.Value]ir.Port),
		columns: make(map[string]*ir.Columns), slots: make(map[int]ir.Port),
	}
	for _, plan := range s.plan {
		s.columns[plan.Width] = new(ir.Columns)
	}
	for _, r := range joint.Results {
		c := s.columns[s.plan[r.Stage].Width]
		switch r.Port.Kind {
		case ir.Saved:
			s.saved[r.Value] = ir.Port{Kind: ir.Saved, Index: c.Saved}
			c.Saved++
		case ir.Carried:
			s.carried[r.Value] = ir.Port{Kind: ir.Carried, Index: c.Carried}
			c.Carried++
		}
	}
	s.of = make([][]int, len(s.plan))
	for _, v := range joint.Values {
		if v.Port.Kind == ir.SlotIn {
			s.of[v.Stage] = append(s.of[v.Stage], v.Port.Index)
		}
	}
	for _, slots := range s.of {
		slices.Sort(slots)
		slices.SortStableFunc(slots, func(a, b int) int {
			a1, a2 := joint.Span(joint.Slots[a])
			b1, b2 := joint.Span(joint.Slots[b])
			return cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2))
		})
		for i, slot := range slots {
			s.slots[slot] = ir.Port{Kind: ir.SlotIn, Index: i}
		}
	}
	return s
}

// planOf returns the stages of a joint graph: one if none have been chosen.
func planOf(f *ir.Func) []ir.StagePlan {
	if len(f.Plan) == 0 {
		return []ir.StagePlan{{Width: ir.WidthHidden}}
	}
	return f.Plan
}

// part copies the values that the results of stage k need.
func (s *splitter) part(k int, suffix string, kinds []ir.PortKind) *ir.Func {
	f := &ir.Func{Name: s.joint.Name + suffix, Cell: s.joint.Cell, Backward: suffix == ".backward"}
	f.Columns = *s.columns[s.plan[k].Width]
	f.Columns.Only = len(s.plan) == 1
	for _, slot := range s.of[k] {
		f.Slots = append(f.Slots, s.joint.Slots[slot])
	}
	copies := make(map[*ir.Value]*ir.Value)
	for _, v := range s.joint.Values {
		c := *v
		c.Args, c.Stage = nil, 0
		if port, ok := s.given(v, k, f.Backward); ok {
			c.Port, c.Op = port, nil
		} else {
			for _, a := range v.Args {
				c.Args = append(c.Args, copies[a])
			}
		}
		copies[v] = &c
		f.Values = append(f.Values, &c)
	}
	for _, r := range s.joint.Results {
		if r.Stage == k && slices.Contains(kinds, r.Port.Kind) {
			f.Results = append(f.Results, ir.Result{Port: s.leaving(r), Value: copies[r.Value]})
		}
	}
	slices.SortStableFunc(f.Results, func(a, b ir.Result) int {
		return cmp.Or(cmp.Compare(a.Port.Kind, b.Port.Kind), cmp.Compare(a.Port.Index, b.Port.Index))
	})
	needed := ancestors(f, kinds...)
	f.Values = slices.DeleteFunc(f.Values, func(v *ir.Value) bool { return !needed[v] })
	return f
}

// given returns the port through which a value enters a kernel's graph, if it does.
func (s *splitter) given(v *ir.Value, k int, backward bool) (ir.Port, bool) {
	if port, ok := s.saved[v]; ok && (backward || v.Stage < k) {
		return port, true
	}
	if port, ok := s.carried[v]; ok && v.Stage > k {
		return port, true
	}
	if v.Port.Kind == ir.SlotIn {
		return s.slots[v.Port.Index], true
	}
	return ir.Port{}, false
}

// leaving returns the port through which a result leaves its stage's graph.
func (s *splitter) leaving(r ir.Result) ir.Port {
	switch r.Port.Kind {
	case ir.Saved:
		return s.saved[r.Value]
	case ir.Carried:
		return s.carried[r.Value]
	case ir.DSlot:
		return ir.Port{Kind: ir.DSlot, Index: s.slots[r.Port.Index].Index}
	}
	return r.Port
}

// vectors finds which vectors the kernels of each width read.
func (s *splitter) vectors(stages []ir.Stage) {
	read := make(map[string][]int)
	for i, v := range s.joint.Vectors {
		if s.joint.Input(ir.Port{Kind: ir.Vector, Index: i}) != nil {
			read[v.Width] = append(read[v.Width], i)
		}
	}
	for k, stage := range stages {
		stage.Forward.Columns.Vectors, stage.Backward.Columns.Vectors = read[stage.Width], read[stage.Width]
		for _, r := range s.joint.Results {
			if r.Stage == k && r.Port.Kind == ir.DVector {
				stage.Backward.Columns.DVectors = append(stage.Backward.Columns.DVectors, r.Port.Index)
			}
		}
	}
}
