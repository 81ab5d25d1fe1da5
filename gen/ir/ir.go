// Package ir is the graph that a cell is compiled through: a straight line of
// values in static single assignment form, over the operators of package op.
//
// One graph is the elementwise part of a cell for one unit. What it takes in
// and what it gives out is named by ports: the slots of the tile, the states
// and their cotangents, and the values saved from the forward graph for the
// backward one.
package ir

import (
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Func is a graph. Its values stand in an order in which operands come first.
type Func struct {
	Name    string
	Slots   []Slot
	Values  []*Value
	Results []Result
}

// Slot is one pre-activation, computed by matrix products before the graph
// runs: Σ x·W_l over the leaves l in Input, plus Σ (h·U_l + b_l) over those in
// Recurrent.
type Slot struct {
	Input, Recurrent []int
}

// Side orders slots: those with an input side alone, those with both sides,
// those with a recurrent side alone. Each product then writes one range.
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
	Node  int    // the tree node it computes or differentiates; NoNode for none
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

// PortKind is a family of ports.
type PortKind int

// The ports of forward and backward graphs, for time step t.
const (
	NoPort PortKind = iota
	SlotIn          // in: pre-activation of a slot
	CPrev           // in: c_{t-1}
	Saved           // out of forward, in to backward: a saved value
	H               // out: h_t
	C               // out: c_t
	DH              // in: cotangent of h_t
	DC              // in: cotangent of c_t
	DSlot           // out: cotangent of a slot
	DCPrev          // out: cotangent of c_{t-1}
)

var portNames = [...]string{
	SlotIn: "slot", CPrev: "cprev", Saved: "saved", H: "h", C: "c",
	DH: "dh", DC: "dc", DSlot: "dslot", DCPrev: "dcprev",
}

// Port names one thing that enters or leaves a graph.
type Port struct {
	Kind  PortKind
	Index int // of a slot or a saved value; 0 for other kinds
}

// Indexed reports whether there is one port of the kind per slot or saved value.
func (k PortKind) Indexed() bool { return k == SlotIn || k == Saved || k == DSlot }

// enters reports whether values of the kind enter a graph, if need be after they
// left another.
func (k PortKind) enters() bool {
	return k == SlotIn || k == CPrev || k == Saved || k == DH || k == DC
}

// String returns the port as the text form writes it, such as slot[3] or dh.
func (p Port) String() string {
	if p.Kind.Indexed() {
		return fmt.Sprintf("%s[%d]", portNames[p.Kind], p.Index)
	}
	return portNames[p.Kind]
}

// IsInput reports whether the value enters through a port.
func (v *Value) IsInput() bool { return v.Port.Kind != NoPort }

// IsConst reports whether the value is a constant.
func (v *Value) IsConst() bool { return v.Op == nil && !v.IsInput() }

// IsOp reports whether the value is the named operator applied to something.
func (v *Value) IsOp(name string) bool { return v.Op != nil && v.Op.Name == name }

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

// Saved returns the number of saved ports, in and out.
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

// Uses returns how many operands and results each value is.
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

// Replace makes every use of a value one of its replacement, which stands for
// it directly: replacements are not followed.
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

// Leaves formats a list of leaves, such as {2,3}.
func Leaves(leaves []int) string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint(leaves), " ", ","), "[]") + "}"
}
