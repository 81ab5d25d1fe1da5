package runtime

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// describe derives the layout from the cell's description. It is an error if the
// description contradicts itself: kernels and products check nothing of what follows from it.
func (l *layout) describe() error {
	for _, step := range []func() error{
		l.describeValues, l.describeUnnamed, l.describeParams, l.describeStages, l.describeOutput,
		l.describeProducts, l.describeVectors, l.checkUses,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	l.rowwise = l.free
	for _, s := range l.stages {
		l.mostBlocks = max(l.mostBlocks, s.blocks)
		s.yields = s.Output || l.output >= 0 && l.state(l.output).writer == s
		s.alike = l.alikeBlocks(s)
		l.rowwise = l.rowwise && s.alike
		s.more = s.Output || len(s.Vectors)+len(s.Inputs)+len(s.Operands) > 0
	}
	for i := range l.stateAt() {
		l.direct = append(l.direct, l.writes(i))
	}
	return nil
}

// describeValues lists x, the inputs, the states and the operands.
func (l *layout) describeValues() error {
	l.output = -1
	names := map[string]bool{kernel.X: true, kernel.One: true, "": true}
	add := func(what string, i int, name string, d kernel.Dim) error {
		if names[name] {
			return fmt.Errorf("%s %d is named %q, which is empty or taken", what, i, name)
		}
		names[name] = true
		v := value{name: name, scalar: d == "" && what == "input"}
		if !v.scalar {
			var err error
			if v.width, err = l.widthOf(d); err != nil {
				return fmt.Errorf("%s %s has width %s: %w", what, name, d, err)
			}
		}
		l.values = append(l.values, v)
		return nil
	}
	l.values = append(l.values, value{name: kernel.X, width: newWidth(l.input)})
	var err error
	for i, in := range l.Inputs {
		err = errors.Join(err, add("input", i, in.Name, in.Width))
	}
	for i, s := range l.States {
		err = errors.Join(err, add("state", i, s.Name, s.Width), l.describeState(i, s))
	}
	for i, o := range l.Operands {
		err = errors.Join(err, add("operand", i, o.Name, o.Width))
	}
	return err
}

func (l *layout) describeState(i int, s kernel.State) error {
	switch {
	case s.Output && l.output >= 0:
		return fmt.Errorf("states %s and %s are both the output", l.States[l.output].Name, s.Name)
	case !finite(s.Initial) && !math.IsInf(s.Initial, -1):
		return fmt.Errorf("state %s begins with %v, want a finite float32 or -Inf", s.Name, s.Initial)
	case s.Output:
		l.output = i
	}
	return nil
}

// widthOf returns a width that an array of blocks may have.
func (l *layout) widthOf(d kernel.Dim) (width, error) {
	n, err := l.of(d)
	if err == nil {
		_, err = check.Count(n, kernel.Units)
	}
	return newWidth(n), err
}

// same reports whether two widths are the same, whatever a user gives.
func (l *layout) same(a, b kernel.Dim) bool { return l.root(a) == l.root(b) }

// finite reports whether v is finite as a float32.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(float64(float32(v)), 0) }

// describeParams checks parameters without what they are used for.
func (l *layout) describeParams() error {
	names := map[string]bool{"": true}
	for i, p := range l.Params {
		if names[p.Name] {
			return fmt.Errorf("parameter %d is named %q, which is empty or taken", i, p.Name)
		}
		names[p.Name] = true
		if len(p.Shape) > 2 {
			return fmt.Errorf("parameter %s has shape %v, want at most rows and columns", p.Name, p.Shape)
		}
		for _, d := range p.Shape {
			if _, err := l.widthOf(d); err != nil {
				return fmt.Errorf("parameter %s has shape %v: %w", p.Name, p.Shape, err)
			}
		}
		if err := checkInitial(p.Shape, p.Initial); err != nil {
			return fmt.Errorf("parameter %s has unknown initial values %s%v: %w", p.Name, p.Initial.Name, p.Initial.Args, err)
		}
		l.place = append(l.place, place{home: -1})
	}
	return nil
}

// describeOutput finds the width of y: the output's, or the width of the state that is it.
func (l *layout) describeOutput() (err error) {
	var writers int
	for _, s := range l.stages {
		if !s.Output {
			continue
		}
		writers++
		if !l.same(s.Width, l.Output) {
			return fmt.Errorf("stage %d of width %s writes the output of width %s", s.index, s.Width, l.Output)
		}
	}
	switch {
	case l.Output == "" && l.output < 0:
		return fmt.Errorf("no state is the output")
	case l.Output == "":
		l.out = l.values[l.stateAt()+l.output].width
	case l.output >= 0:
		return fmt.Errorf("state %s and an output of width %s are both the output", l.States[l.output].Name, l.Output)
	case writers != 1:
		return fmt.Errorf("%d stages write the output, want 1", writers)
	default:
		l.out, err = l.widthOf(l.Output)
	}
	l.outName = "steps·batch·" + string(l.Output)
	if l.output >= 0 {
		l.outName = "steps·batch·" + string(l.States[l.output].Width)
	}
	return err
}

// checkUses returns an error unless each parameter has one home.
func (l *layout) checkUses() error {
	if !l.Named && (len(l.mirrors) > 0 || len(l.stages[0].Vectors) > 0) {
		return fmt.Errorf("parameters that are shared, or read by kernels, must be named")
	}
	counts := make(map[int]int)
	for i, p := range l.Params {
		if l.place[i].home < 0 {
			return fmt.Errorf("parameter %s multiplies nothing", p.Name)
		}
		l.ordinal = append(l.ordinal, counts[l.place[i].home])
		counts[l.place[i].home]++
	}
	return nil
}

const (
	ofInput = iota
	ofHidden
	ofOne
)

// describeUnnamed checks what files need that have all parameters of a kind side by side:
// one stage of width H, products with x, with the output, and with 1.
func (l *layout) describeUnnamed() error {
	l.token = [3]int{-1, -1, -1}
	if l.Named {
		return nil
	}
	if len(l.Stages) != 1 || l.Stages[0].Width != kernel.Hidden {
		return fmt.Errorf("%d stages, want one of width %s, or named parameters", len(l.Stages), kernel.Hidden)
	}
	if l.output < 0 {
		return fmt.Errorf("no state is the output")
	}
	for i, p := range l.Stages[0].Products {
		of := slices.Index([]string{kernel.X, l.States[l.output].Name, kernel.One}, p.Operand)
		switch {
		case of < 0:
			return fmt.Errorf("products with %s: operand must be %s, the output or %s, or parameters be named", p.Operand, kernel.X, kernel.One)
		case l.token[of] >= 0:
			return fmt.Errorf("products with %s: given twice", p.Operand)
		case p.Transposed || !l.same(l.States[l.output].Width, kernel.Hidden):
			return fmt.Errorf("products with %s: want named parameters", p.Operand)
		}
		l.token[of] = i // homes are in the order of products
		l.leaves[of] = len(slices.Concat(p.Sums...))
	}
	if l.token[ofInput] < 0 || l.token[ofHidden] < 0 {
		return fmt.Errorf("want products with %s and with the output", kernel.X)
	}
	return nil
}
