package runtime

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// describeStages makes the stages, and finds what each of them writes.
func (l *layout) describeStages() error {
	if len(l.Stages) == 0 {
		return fmt.Errorf("0 stages, want at least 1")
	}
	for i := range l.Stages {
		s := &stage{Stage: l.Stages[i], index: i}
		if len(l.Stages) == 1 {
			s.setDefaults(l.States)
		}
		if err := l.describeStage(s); err != nil {
			return fmt.Errorf("stage %d: %w", i, err)
		}
		l.stages = append(l.stages, s)
		if s.Batched {
			l.batched = append(l.batched, s)
		} else {
			l.stepped = append(l.stepped, s)
		}
	}
	for i := l.stateAt(); i < len(l.values); i++ {
		v := &l.values[i]
		if v.writer == nil {
			return fmt.Errorf("no stage writes %s", v.name)
		}
		v.kept = v.writer.Batched
	}
	for _, s := range l.stages {
		for i, state := range l.States {
			if state.Elementwise && l.same(state.Width, s.Width) {
				s.prev = append(s.prev, i)
			}
		}
	}
	return nil
}

// setDefaults fills in the states of the only stage.
func (s *stage) setDefaults(states []kernel.State) {
	all, elementwise := s.States == nil, s.DStates == nil
	for i, state := range states {
		if all {
			s.States = append(s.States, i)
		}
		if elementwise && state.Elementwise {
			s.DStates = append(s.DStates, i)
		}
	}
}

func (l *layout) describeStage(s *stage) error {
	if s.Slots < 0 {
		return fmt.Errorf("the stage has %d slots, want at least 0", s.Slots)
	}
	if s.Saved < 0 || s.Carried < 0 {
		return fmt.Errorf("the stage saves %d values and carries %d, want at least 0", s.Saved, s.Carried)
	}
	if s.Batched && len(l.stepped) > 0 {
		return fmt.Errorf("batched stages come first")
	}
	if err := l.joinClass(s); err != nil {
		return err
	}
	if err := l.describeWritten(s, "state", s.States, l.stateAt(), len(l.States)); err != nil {
		return err
	}
	s.next = s.States
	if err := l.describeWritten(s, "operand", s.Operands, l.operandAt(), len(l.Operands)); err != nil {
		return err
	}
	if err := l.describeInputs(s); err != nil {
		return err
	}
	s.columns = s.Slots + len(s.DVectors)
	return l.describeCotangents(s)
}

// joinClass adds a stage to the class of its width.
func (l *layout) joinClass(s *stage) error {
	w, err := l.widthOf(s.Width)
	if err != nil {
		return err
	}
	root := l.root(s.Width)
	i := slices.IndexFunc(l.classes, func(c *class) bool { return c.root == root })
	if i < 0 {
		i = len(l.classes)
		l.classes = append(l.classes, &class{width: w, root: root, index: i, saved: s.Saved, carried: s.Carried, vectors: s.Vectors, panel: -1})
	}
	s.width, s.class, s.of = w, l.classes[i], i
	if s.saved != s.Saved || s.carried != s.Carried || !slices.Equal(s.vectors, s.Vectors) {
		return fmt.Errorf("it saves and carries other numbers of values, or reads other vectors, than the stages of its width before")
	}
	s.stages = append(s.stages, s)
	s.batched = s.batched || s.Batched
	return nil
}

// distinct returns an error unless all indexes are in range and no two are the same.
func distinct(what string, indexes []int, n int) error {
	for i, index := range indexes {
		if index < 0 || index >= n || slices.Contains(indexes[:i], index) {
			return fmt.Errorf("it has %s %d, which is out of range or given twice", what, index)
		}
	}
	return nil
}

// describeWritten marks the states or operands that a stage writes.
func (l *layout) describeWritten(s *stage, what string, indexes []int, first, n int) error {
	if err := distinct(what, indexes, n); err != nil {
		return err
	}
	for _, i := range indexes {
		v := &l.values[first+i]
		if v.writer != nil {
			return fmt.Errorf("%s is written by two stages", v.name)
		}
		if !l.same(l.dimOf(first+i), s.Width) {
			return fmt.Errorf("%s has width %s, the stage %s", v.name, l.dimOf(first+i), s.Width)
		}
		v.writer = s
	}
	return nil
}

// dimOf returns the declared width of a value.
func (l *layout) dimOf(i int) kernel.Dim {
	switch states, operands := l.stateAt(), l.operandAt(); {
	case i == 0:
		return kernel.Input
	case i < states:
		return l.Inputs[i-1].Width
	case i < operands:
		return l.States[i-states].Width
	default:
		return l.Operands[i-operands].Width
	}
}

// describeInputs checks the inputs that a stage's kernels read.
func (l *layout) describeInputs(s *stage) error {
	if err := distinct("input", s.Inputs, l.stateAt()); err != nil {
		return err
	}
	for _, i := range s.Inputs {
		if v := &l.values[i]; !v.scalar && !l.same(l.dimOf(i), s.Width) {
			return fmt.Errorf("input %s has width %s, the stage %s", v.name, l.dimOf(i), s.Width)
		}
	}
	return nil
}

// describeCotangents checks what a stage's kernels write backward.
func (l *layout) describeCotangents(s *stage) error {
	if err := distinct("state", s.DStates, len(l.States)); err != nil {
		return err
	}
	for _, i := range s.DStates {
		v := &l.values[l.stateAt()+i]
		switch {
		case v.dprev != nil:
			return fmt.Errorf("the cotangent of %s before is written by two stages", v.name)
		case !l.States[i].Elementwise || !l.same(l.States[i].Width, s.Width):
			return fmt.Errorf("it writes a cotangent of %s before, which is not read elementwise or has another width", v.name)
		}
		v.dprev = s
	}
	s.dprev = s.DStates
	if err := distinct("vector", s.DVectors, len(s.Vectors)); err != nil {
		return err
	}
	if err := distinct("input", s.DInputs, l.stateAt()); err != nil {
		return err
	}
	for _, i := range s.DInputs {
		if !slices.Contains(s.Inputs, i) || slices.Contains(s.inputs, i) {
			return fmt.Errorf("it writes a cotangent of input %d, which it does not read or another stage of its width writes", i)
		}
		s.inputs = append(s.inputs, i)
	}
	for _, other := range s.stages[:len(s.stages)-1] {
		for _, i := range s.DVectors {
			if slices.Contains(other.DVectors, i) {
				return fmt.Errorf("the cotangent of vector %d is written by two stages", i)
			}
		}
	}
	return nil
}
