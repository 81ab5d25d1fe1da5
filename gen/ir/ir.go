// Package ir is the compiler's intermediate representation, a graph: a straight line of
// values in static single assignment form, over the operators of package op.
//
// A graph has the values of one unit. Products with matrices are not operators: a slot says
// which parameters multiply which operands, and its sum enters the graph as an input. Values
// enter and leave through ports: the slots, the states, parameters and inputs that the graph
// reads, what products multiply, their cotangents, what a forward kernel saves for the backward
// kernels and for later stages, and what a backward kernel carries to the stages before. The
// graph of a whole step may have values of several widths, which only products join; the graphs
// of a stage's kernels have one.
package ir

import (
	"github.com/cellgen/cellgen/gen/op"
)

// Func is a graph. Every value stands after its operands.
type Func struct {
	Name string
	Cell // what ports and terms refer to

	Slots    []Slot
	Backward bool // whether it is a backward graph, which takes other rows
	Values   []*Value
	Results  []Result

	Plan    []StagePlan // of a step's graph: the stages, once they are chosen
	Columns Columns     // of a kernel's graph: the rows that it shares
}

// StagePlan is a stage of a step.
type StagePlan struct {
	Width   string
	Batched bool // whether it depends on no state except those that batched stages write
}

// Value is one line of the graph: an input (Port set), a constant (neither
// Port nor Op set), or an operator applied to earlier values.
type Value struct {
	Name  string // unique in its graph
	Node  int    // the tree node that it computes or differentiates, or NoNode
	Port  Port
	Const float64
	Op    *op.Op
	Args  []*Value
	Stage int // of a step's graph: the first stage that computes it; of a cotangent, the last
}

// NoNode marks a value that belongs to no node of the cell's tree.
const NoNode = -1

// Result is a value that leaves the graph through a port.
type Result struct {
	Port  Port
	Value *Value
	Stage int // of a step's graph: whose kernel writes it
}

// IsInput reports whether the value enters through a port.
func (v *Value) IsInput() bool { return v.Port.Kind != NoPort }

// IsConst reports whether the value is a constant.
func (v *Value) IsConst() bool { return v.Op == nil && !v.IsInput() }

// Input returns the value that enters through the port, or nil.
func (f *Func) Input(p Port) *Value {
	for _, v := range f.Values {
		if v.Port == p {
			return v
		}
	}
	return nil
}

// Result returns the value that leaves through the port, or nil.
func (f *Func) Result(p Port) *Value {
	for _, r := range f.Results {
		if r.Port == p {
			return r.Value
		}
	}
	return nil
}

// Saved returns the number of saved values, whether they enter or leave.
func (f *Func) Saved() int { return f.count(Saved) }

// count returns how many values pass ports of a kind.
func (f *Func) count(kind PortKind) int {
	n := 0
	for _, v := range f.Values {
		if v.Port.Kind == kind {
			n++
		}
	}
	for _, r := range f.Results {
		if r.Port.Kind == kind {
			n++
		}
	}
	return n
}

// Uses returns how often each value is an operand or a result.
func (f *Func) Uses() map[*Value]int {
	uses := make(map[*Value]int, len(f.Values))
	for _, v := range f.Values {
		for _, a := range v.Args {
			uses[a]++
		}
	}
	for _, r := range f.Results {
		uses[r.Value]++
	}
	return uses
}

// Replace replaces every use of a value by a use of its replacement. Replacements are
// not replaced in turn.
func (f *Func) Replace(by map[*Value]*Value) {
	for _, v := range f.Values {
		for i, a := range v.Args {
			if r := by[a]; r != nil {
				v.Args[i] = r
			}
		}
	}
	for i, r := range f.Results {
		if n := by[r.Value]; n != nil {
			f.Results[i].Value = n
		}
	}
}

// Counts returns the number of transcendentals and of other operators.
func (f *Func) Counts() (transcendental, arithmetic int) {
	for _, v := range f.Values {
		switch {
		case v.Op == nil:
		case v.Op.Transcendental():
			transcendental++
		default:
			arithmetic++
		}
	}
	return transcendental, arithmetic
}
