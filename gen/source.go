package gen

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// Source is a cell as a front end has read it: all that the compiler knows of it.
type Source interface {
	// Head returns what the source says besides the graph.
	Head() front.Head
	// Lower returns a new graph of a step, forward, named after the cell: operator
	// for operator what the source says, the definition of what the cell computes.
	Lower() *ir.Func
	// String returns the source as a file that its front end reads back.
	fmt.Stringer
}

// Leaves returns the number of leaves that the slots of a cell's graph sum.
func Leaves(f *ir.Func) int {
	n := 0
	for _, s := range f.Slots {
		for _, leaf := range slices.Concat(s.Input, s.Recurrent) {
			n = max(n, leaf+1)
		}
	}
	return n
}
