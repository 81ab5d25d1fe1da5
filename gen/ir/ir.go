// Package ir is the compiler's intermediate representation, a graph: a straight line of
// values in static single assignment form, over the operators of package op.
//
// A graph is the elementwise part of a cell for one unit. Values enter and leave it
// through ports: the slots of the tile, the states and their cotangents, and the values
// that the forward graph saves for the backward graph.
package ir

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Func is a graph. Every value stands after its operands.
type Func struct {
	Name     string
	States   []State
	Bias     bool // whether leaves have a bias, always on the recurrent side
	Slots    []Slot
	Backward bool // whether it is a backward graph, which takes other rows
	Values   []*Value
	Results  []Result
}

// Slot is one pre-activation, computed by matrix products before the graph runs:
// Σ x·W_l over the leaves l in Input, plus Σ (h·U_l + b_l) over the leaves in Recurrent.
type Slot struct {
	Input, Recurrent []int
}

// Side orders slots, so that each product writes one range of them: 0 for slots with
// only an input side, 1 for slots with both sides, 2 for slots with only a recurrent
// side.
func (s Slot) Side() int {
	switch {
	case len(s.Recurrent) == 0:
		return 0
	case len(s.Input) > 0:
		return 1
	}
	return 2
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
}

// NoNode marks a value that belongs to no node of the cell's tree.
const NoNode = -1

// Result is a value that leaves the graph through a port.
type Result struct {
	Port  Port
	Value *Value
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
func (f *Func) Saved() int {
	n := 0
	for _, v := range f.Values {
		if v.Port.Kind == Saved {
			n++
		}
	}
	for _, r := range f.Results {
		if r.Port.Kind == Saved {
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

// Leaves formats a list of leaves as in {2,3}.
func Leaves(leaves []int) string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint(leaves), " ", ","), "[]") + "}"
}
