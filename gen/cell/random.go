package cell

import (
	"math/rand/v2"

	"github.com/cellgen/cellgen/gen/op"
)

// Random draws a cell with N leaves: every step, and every pair of indices,
// with the same probability.
func Random(r *rand.Rand, leaves int) *Cell {
	var of [2][]*op.Op
	for _, o := range op.Table() {
		if o.Kind == op.Combination || o.Kind == op.Activation {
			of[o.Kind] = append(of[o.Kind], o)
		}
	}
	step := func() Step {
		return Step{
			of[op.Combination][r.IntN(len(of[op.Combination]))],
			of[op.Activation][r.IntN(len(of[op.Activation]))],
		}
	}
	nodes := 2*leaves - 1
	steps := make([]Step, nodes)
	for k := range steps {
		steps[k] = step()
	}
	return New(steps, step(), r.IntN(nodes), r.IntN(nodes))
}
