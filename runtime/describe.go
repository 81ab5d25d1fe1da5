package runtime

import (
	"fmt"
	"math"
	"slices"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// shapes are the shapes that parameters may have, by what they multiply.
var shapes = [...][]kernel.Dim{
	ofInput:  {kernel.Hidden, kernel.Input},
	ofHidden: {kernel.Hidden, kernel.Hidden},
	ofOne:    {kernel.Hidden},
}

const (
	ofInput = iota
	ofHidden
	ofOne
)

// describe derives the layout from the cell's description. It is an error if the
// description contradicts itself, or has what layers do not support yet: several stages,
// widths other than D and H, products with a state other than the output.
func (l *layout) describe() error {
	if err := l.describeStates(); err != nil {
		return err
	}
	if len(l.Stages) != 1 || l.Stages[0].Width != kernel.Hidden {
		return fmt.Errorf("%d stages, want one of width %s", len(l.Stages), kernel.Hidden)
	}
	stage := l.Stages[0]
	l.slots, l.saved = stage.Slots, stage.Saved
	if l.saved < 0 {
		return fmt.Errorf("the stage saves %d values, want at least 0", l.saved)
	}
	if err := l.describeParams(); err != nil {
		return err
	}
	used := make([]bool, len(l.Params))
	for _, p := range stage.Products {
		if err := l.describeProduct(p, used); err != nil {
			return fmt.Errorf("products with %s: %w", p.Operand, err)
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return fmt.Errorf("parameter %s multiplies nothing", l.Params[i].Name)
	}
	for slot := range l.slots {
		if !l.x.has(slot) && !l.h.has(slot) {
			return fmt.Errorf("slot %d has no product", slot)
		}
	}
	if len(l.x.sums) == 0 || len(l.h.sums) == 0 {
		return fmt.Errorf("want products with %s and with the output", kernel.X)
	}
	return nil
}

// has reports whether the side writes to a slot.
func (s side) has(slot int) bool { return slot >= s.first && slot < s.first+len(s.sums) }

func (l *layout) describeStates() error {
	l.output = -1
	names := map[string]bool{kernel.X: true, kernel.One: true, "": true}
	for i, s := range l.States {
		switch {
		case names[s.Name]:
			return fmt.Errorf("state %d is named %q, which is empty or taken", i, s.Name)
		case s.Width != kernel.Hidden:
			return fmt.Errorf("state %s has width %s, want %s", s.Name, s.Width, kernel.Hidden)
		case s.Output && l.output >= 0:
			return fmt.Errorf("states %s and %s are both the output", l.States[l.output].Name, s.Name)
		case !finite(s.Initial):
			return fmt.Errorf("state %s begins with %v, want a finite float32", s.Name, s.Initial)
		case s.Output:
			l.output = i
		}
		names[s.Name] = true
	}
	if l.output < 0 {
		return fmt.Errorf("no state is the output")
	}
	return nil
}

// describeParams finds the place of each parameter among those of the same shape.
func (l *layout) describeParams() error {
	names := map[string]bool{"": true}
	for i, p := range l.Params {
		if names[p.Name] {
			return fmt.Errorf("parameter %d is named %q, which is empty or taken", i, p.Name)
		}
		names[p.Name] = true
		of := slices.IndexFunc(shapes[:], func(s []kernel.Dim) bool { return slices.Equal(s, p.Shape) })
		if of < 0 {
			return fmt.Errorf("parameter %s has shape %v, want one of %v", p.Name, p.Shape, shapes)
		}
		l.place = append(l.place, l.leaves[of])
		l.leaves[of]++
		switch {
		case p.Initial.Name == kernel.GlorotUniform && len(p.Shape) == 2:
		case p.Initial.Name == kernel.Constant && len(p.Initial.Args) == 1 && finite(p.Initial.Args[0]):
		default:
			return fmt.Errorf("parameter %s has unknown initial values %s%v", p.Name, p.Initial.Name, p.Initial.Args)
		}
	}
	return nil
}

// finite reports whether v is finite as a float32.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(float64(float32(v)), 0) }

// describeProduct records the slots of a product and marks its parameters as used.
func (l *layout) describeProduct(p kernel.Product, used []bool) error {
	into, of := &l.x, ofInput
	switch p.Operand {
	case kernel.X:
	case l.States[l.output].Name:
		into, of = &l.h, ofHidden
	case kernel.One:
		into, of = &l.one, ofOne
	default:
		return fmt.Errorf("operand must be %s, the output or %s", kernel.X, kernel.One)
	}
	if len(into.sums) > 0 {
		return fmt.Errorf("given twice")
	}
	if p.First < 0 || len(p.Sums) == 0 || p.First > l.slots-len(p.Sums) {
		return fmt.Errorf("%d slots from slot %d on, want some of the %d in the stage", len(p.Sums), p.First, l.slots)
	}
	for slot, sum := range p.Sums {
		if len(sum) == 0 {
			return fmt.Errorf("slot %d has no parameter", p.First+slot)
		}
		for _, i := range sum {
			if i < 0 || i >= len(l.Params) || used[i] || !slices.Equal(l.Params[i].Shape, shapes[of]) {
				return fmt.Errorf("slot %d has parameter %d, want each parameter of shape %v exactly once", p.First+slot, i, shapes[of])
			}
			used[i] = true
		}
	}
	*into = side{p.First, p.Sums}
	return nil
}
