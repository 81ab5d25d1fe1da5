package main

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

// doubts say how far float32 can be trusted with inputs, of each array of outputs in the order
// of All: 1 is as far as the bounds go, and above it is by how much a bound is too narrow. That
// is so where rounding every operator of the definition to float32 uses up an eighth of the
// bound, as in a saturated tanh's derivative, a long product or a sum that cancels out, and in
// all arrays where an operand is so close to a jump of a derivative that float32 could fall on
// its other side. No doubts widen no bounds.
type doubts []float64

// ways is how often, each time in another way, the definition is rounded: once may be luck in an
// array of few numbers.
const ways = 3

func newDoubts(definition *ir.Func, in *interp.Inputs, want *interp.Outputs) doubts {
	const close, share = 4e-6, 8
	all := want.All()
	d := slices.Repeat(doubts{close / want.Kink}, len(all))
	for way := range ways {
		for i, rounded := range interp.RunRounded(definition, in, way).All() {
			bound := forwardBound
			if i >= len(all)-len(want.Gradients) {
				bound = backwardBound
			}
			d[i] = max(d[i], share*distance(rounded.Data, all[i].Data)/bound)
		}
	}
	return d
}

// of returns the factor, at least 1, by which the bound of an array widens.
func (d doubts) of(array int) float64 {
	if d == nil {
		return 1
	}
	return max(1, d[array])
}

// worst returns by how much the widest bound is widened.
func (d doubts) worst() float64 {
	worst := 1.0
	for i := range d {
		worst = max(worst, d.of(i))
	}
	return worst
}

// less reports whether fewer arrays are in doubt than in others or, of as many, less.
func (d doubts) less(others doubts) bool {
	if n, m := d.arrays(), others.arrays(); n != m {
		return n < m
	}
	return d.worst() < others.worst()
}

// arrays returns how many arrays are in doubt.
func (d doubts) arrays() (n int) {
	for i := range d {
		if !(d.of(i) <= 1) { // or not a number
			n++
		}
	}
	return n
}

// remark says that bounds were widened, if they were.
func (d doubts) remark() string {
	switch n := d.arrays(); {
	case n == 0:
		return ""
	case n < len(d):
		return fmt.Sprintf("; %d of %d arrays ill-conditioned, ×%.2g", n, len(d), d.worst())
	}
	return fmt.Sprintf("; ill-conditioned, ×%.2g", d.worst())
}
