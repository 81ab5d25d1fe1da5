package pass

import (
	"cmp"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// depth returns how many products of the same step a value waits for. Between batched stages
// a delayed input waits for the stage that writes it.
func (s *stager) depth(v *ir.Value) int {
	if d, ok := s.depths[v]; ok {
		return d
	}
	d := 0
	for _, a := range s.needs(v) {
		switch {
		case s.batched[a] && !s.batched[v]:
		case v.Port.Kind == ir.SlotIn:
			d = max(d, s.depth(a)+1)
		default:
			d = max(d, s.depth(a))
		}
	}
	for _, i := range s.states(v) {
		if s.batched[v] {
			d = max(d, s.depth(s.next(i))+1)
		}
	}
	s.depths[v] = d
	return d
}

func (s *stager) level(v *ir.Value, width string) level {
	return level{s.batched[v], s.depth(v), width}
}

// last returns the level of a result after batched stages. What these compute waits for nothing
// then.
func (s *stager) last(r ir.Result) level {
	l := level{false, 0, s.f.Width(r.Port)}
	if !s.batched[r.Value] {
		l.depth = s.depth(r.Value)
	}
	return l
}

// plan chooses the stages: the levels of slots that wait for states, of operands and of
// batched results, and one for each width that has other results or slots.
func (s *stager) plan() {
	add := func(l level) {
		if !slices.Contains(s.stages, l) {
			s.stages = append(s.stages, l)
		}
	}
	for _, v := range s.f.Values {
		if v.Port.Kind == ir.SlotIn && (!s.steady[v] || s.batched[v]) {
			add(s.level(v, s.widths[v]))
		}
	}
	for _, r := range s.f.Results {
		if r.Port.Kind == ir.Operands || r.Port.Kind == ir.Next && s.batched[r.Value] {
			add(s.level(r.Value, s.f.Width(r.Port)))
		}
	}
	for _, r := range s.f.Results {
		if kind := r.Port.Kind; kind == ir.Next && !s.batched[r.Value] || kind == ir.Output {
			if l := s.last(r); s.after(l) < 0 {
				add(l)
			}
		}
	}
	for _, v := range s.f.Values { // a slot that no result needs may be the only value of its width
		if w := s.widths[v]; v.Port.Kind == ir.SlotIn && !slices.ContainsFunc(s.stages, func(l level) bool { return l.width == w }) {
			add(level{false, s.depth(v), w})
		}
	}
	slices.SortStableFunc(s.stages, func(a, b level) int {
		if a.batched != b.batched {
			return map[bool]int{true: -1, false: 1}[a.batched]
		}
		return cmp.Compare(a.depth, b.depth)
	})
	for _, l := range s.stages {
		s.f.Plan = append(s.f.Plan, ir.StagePlan{Width: l.width, Batched: l.batched})
	}
}

// after returns the first stage, after batched ones unless the level is batched, that is as
// deep as a level and has its width, or -1.
func (s *stager) after(l level) int {
	first := -1
	for i, stage := range s.stages {
		if stage.width == l.width && stage.batched == l.batched && stage.depth >= l.depth &&
			(first < 0 || stage.depth < s.stages[first].depth) {
			first = i
		}
	}
	return first
}

// earliest returns the first stage that can compute a value. It is the last of its width for
// a value that no result needs, and any for a constant.
func (s *stager) earliest(v *ir.Value) int {
	l := s.level(v, s.widths[v])
	if i := s.after(l); i >= 0 {
		return i
	}
	last := 0
	for i, stage := range s.stages {
		if stage.width == l.width {
			last = i
		}
	}
	return last
}
