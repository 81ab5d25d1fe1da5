// Package gen compiles recurrent cells. A front end has read a [Source]: tokens (package cell)
// or equations (package equation). Its graph of a step, with products in it, is differentiated
// whole and then cut into stages: the products whose operands are ready, then a kernel. Each
// stage has a forward and a backward graph, ready for an interpreter or an emitter.
package gen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/grad"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/pass"
)

// Program is a compiled cell.
type Program struct {
	front.Head            // the source's; Package may be changed, and is by default Name in lower case
	Joint      *ir.Func   // forward and backward of one step, before the split
	Stages     []ir.Stage // the kernels' graphs
	Tape       int        // values per unit that a naive tape would have saved
}

// Pass is one pass of a pipeline. The reasons for its place are in order.
type Pass struct {
	Name string // unique in the pipeline
	Run  func(*ir.Func) error
}

// JointPasses turn a lowered graph into the joint graph, with its stages and the values to save
// chosen.
var JointPasses = []Pass{
	{"simplify", pass.Simplify},
	{"cse", pass.EliminateCommon},
	{"mergeleaves", pass.MergeLeaves},
	{"grad", grad.Reverse},
	{"late-simplify", pass.Simplify},
	{"late-cse", pass.EliminateCommon},
	{"deadcode", pass.EliminateDead},
	{"stage", pass.Stage},
	{"save", pass.Save},
	{"carry", pass.Carry},
}

// SplitPasses finish the graph of each kernel.
var SplitPasses = []Pass{
	{"deadcode", pass.EliminateDead},
	{"flush", pass.Flush},
	{"round", pass.Round},
	{"schedule", pass.Schedule},
}

// Watch is shown the graph after every pass; it must not change it.
type Watch func(pass string, f *ir.Func)

// Passes returns the names that a Watch is given, in the order of their first run.
func Passes() []string {
	names := []string{"lower"}
	for _, p := range slices.Concat(JointPasses, SplitPasses) {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Compile takes a cell through the pipeline. The watch may be nil. No cell that a
// front end has accepted makes it fail; it panics only on a mistake in the compiler.
func Compile(source Source, watch Watch) *Program {
	if watch == nil {
		watch = func(string, *ir.Func) {}
	}
	joint := source.Lower()
	tape := tape(joint)
	watch("lower", joint)
	run(JointPasses, joint, watch)
	stages := pass.Split(joint)
	for _, s := range stages {
		run(SplitPasses, s.Forward, watch)
		run(SplitPasses, s.Backward, watch)
	}
	head := source.Head()
	head.Package = cmp.Or(head.Package, strings.ToLower(head.Name))
	return &Program{Head: head, Joint: joint, Stages: stages, Tape: tape}
}

// Define returns the joint graph of the cell as it was lowered, with nothing
// rewritten: the definition that a compiled program is checked against.
func Define(source Source) *ir.Func {
	f := source.Lower()
	run([]Pass{{"grad", grad.Reverse}}, f, func(string, *ir.Func) {})
	return f
}

func run(passes []Pass, f *ir.Func, watch Watch) {
	for _, p := range passes {
		if err := p.Run(f); err != nil {
			panic(fmt.Sprintf("gen: pass %s: %v\n%s", p.Name, err, f))
		}
		f.Check(p.Name)
		watch(p.Name, f)
	}
}

// tape counts what a tape that records every operator would keep: the results of all
// operations, the slots and c_{t-1}.
func tape(f *ir.Func) int { return len(f.Values) }
