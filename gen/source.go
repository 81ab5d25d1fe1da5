package gen

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// Source is a cell as a front end has read it: all that the compiler knows about it.
type Source interface {
	// Head returns what the source says besides the graph.
	Head() front.Head
	// Lower returns a new forward graph of one step, named after the cell. It applies
	// the source's operators one by one: it defines what the cell computes.
	Lower() *ir.Func
	// String returns the source as the text of a file that its front end reads back.
	fmt.Stringer
}
