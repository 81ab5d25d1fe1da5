package cell

import (
	"math/rand/v2"

	"github.com/cellgen/cellgen/gen/op"
)

// Random draws a cell with the given number of leaves, at least 1: all combinations,
// all activations and all indices are equally likely.
func Random(r *rand.Rand, leaves int) *Cell {
	var of [2][]*op.Op
	for _, o := range op.Table() {
		if o.Kind == op.Combination || o.Kind == op.Activation {
			of[o.Kind] = append(of[o.Kind], o)
		}
	}
	draw := func() Ops {
		return Ops{
			of[op.Combination][r.IntN(len(of[op.Combination]))],
			of[op.Activation][r.IntN(len(of[op.Activation]))],
		}
	}
	nodes := make([]Ops, 2*leaves-1)
	for k := range nodes {
		nodes[k] = draw()
	}
	return New(nodes, draw(), r.IntN(len(nodes)), r.IntN(len(nodes)))
}
