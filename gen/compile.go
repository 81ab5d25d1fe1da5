// Package gen compiles recurrent cells: the graph of a [Source] becomes a forward
// and a backward graph, ready for an interpreter or an emitter.
package gen

import (
	"fmt"
	"slices"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/pass"
)

// Program is a compiled cell.
type Program struct {
	front.Head          // the source's; Package may be changed
	Joint      *ir.Func // forward and backward of one step, before they are parted
	Forward    *ir.Func // tile, c_{t-1} → h_t, c_t, saved values
	Backward   *ir.Func // saved values, c_{t-1}, dh, dc → d(tile), dc_{t-1}
	Tape       int      // values per unit that a naive tape would have saved
}

// Stage is one pass of a pipeline, and why it stands where it does.
type Stage struct {
	Name string
	Run  func(*ir.Func) error
	Why  string
}

// Joining makes a lowered graph the joint graph with its saved values chosen.
var Joining = []Stage{
	{"simplify", pass.Simplify, "identities gone, mergeleaves sees the sums of slots"},
	{"cse", pass.CSE, "a value differentiated once has one cotangent"},
	{"mergeleaves", pass.MergeLeaves, "before grad, while a leaf's only use is the sum"},
	{"grad", grad.Reverse, "of the smallest forward graph"},
	{"simplify", pass.Simplify, "constants that the derivatives brought"},
	{"cse", pass.CSE, "factors that two derivatives share"},
	{"deadcode", pass.Deadcode, "so that save counts only what is used"},
	{"save", pass.Save, "last: any rewrite after it could cross the cut"},
}

// Parting finishes the forward and the backward graph, each by itself.
var Parting = []Stage{
	{"deadcode", pass.Deadcode, "what only the other graph needs"},
	{"schedule", pass.Schedule, "last: the order is the result, and stays that of the tree while that fits registers"},
}

// Watch sees a graph after every pass.
type Watch func(pass string, f *ir.Func)

// Passes returns the names that a Watch is given, in the order in which they
// first run.
func Passes() []string {
	names := []string{"lower"}
	for _, s := range slices.Concat(Joining, Parting) {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// Compile takes a cell through the pipeline. The watch may be nil. Only a
// mistake of the compiler makes it panic; no cell that was read makes it fail.
func Compile(source Source, watch Watch) *Program {
	if watch == nil {
		watch = func(string, *ir.Func) {}
	}
	joint := source.Lower()
	tape := tape(joint)
	watch("lower", joint)
	run(Joining, joint, watch)
	forward, backward := pass.Split(joint)
	run(Parting, forward, watch)
	run(Parting, backward, watch)
	return &Program{Head: source.Head(), Joint: joint, Forward: forward, Backward: backward, Tape: tape}
}

// Define returns the joint graph of the cell as it was lowered, with nothing
// rewritten: what a compiled program answers to.
func Define(source Source) *ir.Func {
	f := source.Lower()
	run([]Stage{{"grad", grad.Reverse, ""}}, f, func(string, *ir.Func) {})
	return f
}

func run(stages []Stage, f *ir.Func, watch Watch) {
	for _, s := range stages {
		if err := s.Run(f); err != nil {
			panic(fmt.Sprintf("gen: pass %s: %v\n%s", s.Name, err, f))
		}
		f.Check(s.Name)
		watch(s.Name, f)
	}
}

// tape counts the results of all operations, the slots and c_{t-1}: what a tape
// that records every operator keeps.
func tape(f *ir.Func) int { return len(f.Values) }
