package ir

import (
	"fmt"
	"strings"
)

// PortKind is a family of ports.
type PortKind int

// The ports of forward and backward graphs, for time step t.
const (
	NoPort    PortKind = iota
	SlotIn             // a slot's pre-activation
	Prev               // a state s_{t-1}
	Saved              // a value that forward saves for backward, or for later stages
	Next               // a state s_t
	DNext              // the cotangent of s_t
	DSlot              // the cotangent of a slot
	DPrev              // the cotangent of s_{t-1}, as far as the graph uses s_{t-1}
	Vector             // a parameter that the graph reads elementwise
	Given              // x or an input beside it, read elementwise
	Operands           // a value that products multiply
	Output             // the output, if it is not a state
	DVector            // the cotangent of a parameter, as far as the graph uses it
	DGiven             // the cotangent of an input, as far as the graph uses it
	DOperands          // the cotangent of an operand, through the products
	DOutput            // the cotangent of the output
	Carried            // a value that backward keeps for the stages before
)

// Units is the number of units in a block. They lie side by side in rows.
const Units = 16

// flow says whether values pass a port into a graph or out of it. Saved values do both:
// out of the forward graph, into the backward graph.
type flow int

const (
	in flow = 1 << iota
	out
)

// kinds is the table of ports. A kind with an owner has a port, and rows of its own, for each
// of them. All slots, all saved values and so on share rows.
var kinds = [...]struct {
	text      string // in a graph's text; %s is the owner's name
	flow      flow
	owner     owner
	cotangent PortKind // through which the value's cotangent passes
	field     string   // of the runtime's kernel.Block, that has the rows
	doc       string   // of the rows; %s is the owner's name
}{
	SlotIn:    {text: "slot", flow: in, cotangent: DSlot, field: "Tile", doc: "tile"},
	Prev:      {text: "%sprev", flow: in, owner: state, cotangent: DPrev, field: "Prev", doc: "%s_{t-1}"},
	Saved:     {text: "saved", flow: in | out, field: "Saved", doc: "saved values"},
	Next:      {text: "%s", flow: out, owner: state, cotangent: DNext, field: "Next", doc: "%s_t"},
	DNext:     {text: "d%s", flow: in, owner: state, field: "DNext", doc: "d%s_t"},
	DSlot:     {text: "dslot", flow: out, field: "DTile", doc: "d(tile)"},
	DPrev:     {text: "d%sprev", flow: out, owner: state, field: "DPrev", doc: "d%s_{t-1}"},
	Vector:    {text: "vector", flow: in, cotangent: DVector, field: "Vectors", doc: "vectors"},
	Given:     {text: "given", flow: in, owner: given, cotangent: DGiven, field: "Inputs", doc: "%s_t"},
	Operands:  {text: "operand", flow: out, owner: operand, cotangent: DOperands, field: "Operands", doc: "%s"},
	Output:    {text: "output", flow: out, cotangent: DOutput, field: "Output", doc: "output"},
	DVector:   {text: "dvector", flow: out, field: "DTile", doc: "d(tile)"},
	DGiven:    {text: "dgiven", flow: out, owner: given, field: "DInputs", doc: "d%s_t"},
	DOperands: {text: "doperand", flow: in, owner: operand, field: "DOperands", doc: "d%s"},
	DOutput:   {text: "doutput", flow: in, field: "DOutput", doc: "d(output)"},
	Carried:   {text: "carried", flow: in | out, field: "Carried", doc: "carried cotangents"},
}

// owner is what each port of a kind belongs to.
type owner int

const (
	none owner = iota
	state
	given
	operand
)

// ForwardResults and BackwardResults are the kinds of ports through which the results of
// the two graphs leave.
var (
	ForwardResults  = []PortKind{Saved, Next, Operands, Output}
	BackwardResults = []PortKind{DSlot, DPrev, DVector, DGiven, Carried}
)

// Port names one value that enters or leaves a graph.
type Port struct {
	Kind  PortKind
	Index int // of a slot, a saved value, a state and so on; 0 for the output
}

// OfState reports whether each state has a port of the kind.
func (k PortKind) OfState() bool { return kinds[k].owner == state }

// Cotangent returns the kind of port through which the cotangent of a value passes that
// enters or leaves through k, or NoPort.
func (k PortKind) Cotangent() PortKind { return kinds[k].cotangent }

// IsCotangent reports whether cotangents pass ports of the kind.
func (k PortKind) IsCotangent() bool {
	switch k {
	case DNext, DSlot, DPrev, DVector, DGiven, DOperands, DOutput, Carried:
		return true
	}
	return false
}

// enters and leaves report whether values of the kind enter a graph, or leave one.
func (k PortKind) enters() bool { return kinds[k].flow&in != 0 }
func (k PortKind) leaves() bool { return kinds[k].flow&out != 0 }

// plain reports whether the ports of a state have names that are made of its own: no two such
// names are equal, as one of h and dh, or of h and hprev, is not plain.
func plain(state string) bool {
	return state != kinds[Output].text && !strings.HasPrefix(state, "d") && !strings.HasSuffix(state, "prev")
}

// PortName returns the port's name in the graph's text, such as slot[3] or dh.
func (f *Func) PortName(p Port) string {
	switch k := kinds[p.Kind]; {
	case p.Kind == NoPort:
		return "no port"
	case k.owner == state && p.Index >= 0 && p.Index < len(f.States) && plain(f.States[p.Index].Name):
		return fmt.Sprintf(k.text, f.States[p.Index].Name)
	case k.owner == state:
		return fmt.Sprintf(k.text, fmt.Sprintf("state[%d]", p.Index))
	case p.Kind == Output || p.Kind == DOutput:
		return k.text
	default:
		return fmt.Sprintf("%s[%d]", k.text, p.Index)
	}
}

// Ports returns how many ports of a kind the graph may have.
func (f *Func) Ports(kind PortKind) int {
	switch kind {
	case SlotIn, DSlot:
		return len(f.Slots)
	case Prev, Next, DPrev, DNext:
		return len(f.States)
	case Vector, DVector:
		return len(f.Vectors)
	case Given, DGiven:
		return len(f.Givens)
	case Operands, DOperands:
		return len(f.Operands)
	case Output, DOutput:
		if f.Output != "" {
			return 1
		}
	case Saved:
		return max(f.Columns.Saved, f.Saved())
	case Carried:
		return max(f.Columns.Carried, f.count(Carried))
	}
	return 0
}
