package ir

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PortKind is a family of ports.
type PortKind int

// The ports of forward and backward graphs, for time step t.
const (
	NoPort PortKind = iota
	SlotIn          // a slot's pre-activation
	Prev            // a state s_{t-1}
	Saved           // a value that forward saves for backward
	Next            // a state s_t
	DNext           // the cotangent of s_t
	DSlot           // the cotangent of a slot
	DPrev           // the cotangent of s_{t-1}, as far as the graph uses s_{t-1}
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

// kinds is the table of ports. All slots, and all saved values, share rows; each state
// has rows of its own.
var kinds = [...]struct {
	text      string // in a graph's text; %s is the state's name
	flow      flow
	state     bool     // whether each state has a port of this kind
	cotangent PortKind // through which the value's cotangent passes
	field     string   // of the runtime's kernel.Block, that has the rows
	doc       string   // of the rows; %s is the state's name
}{
	SlotIn: {text: "slot", flow: in, cotangent: DSlot, field: "Tile", doc: "tile"},
	Prev:   {text: "%sprev", flow: in, state: true, cotangent: DPrev, field: "Prev", doc: "%s_{t-1}"},
	Saved:  {text: "saved", flow: in | out, field: "Saved", doc: "saved values"},
	Next:   {text: "%s", flow: out, state: true, cotangent: DNext, field: "Next", doc: "%s_t"},
	DNext:  {text: "d%s", flow: in, state: true, field: "DNext", doc: "d%s_t"},
	DSlot:  {text: "dslot", flow: out, field: "DTile", doc: "d(tile)"},
	DPrev:  {text: "d%sprev", flow: out, state: true, field: "DPrev", doc: "d%s_{t-1}"},
}

// The order of the rows that a kernel takes: the order of its parameters.
var (
	forwardRows  = []PortKind{SlotIn, Prev, Saved, Next}
	backwardRows = []PortKind{Saved, Prev, DNext, DSlot, DPrev}
)

// ForwardResults and BackwardResults are the kinds of ports through which the results of
// the two graphs leave.
var (
	ForwardResults  = []PortKind{Saved, Next}
	BackwardResults = []PortKind{DSlot, DPrev}
)

// Port names one value that enters or leaves a graph.
type Port struct {
	Kind  PortKind
	Index int // of a slot, a saved value or a state
}

// OfState reports whether each state has a port of the kind.
func (k PortKind) OfState() bool { return kinds[k].state }

// Cotangent returns the kind of port through which the cotangent of a value passes that
// enters or leaves through k, or NoPort.
func (k PortKind) Cotangent() PortKind { return kinds[k].cotangent }

// enters and leaves report whether values of the kind enter a graph, or leave one.
func (k PortKind) enters() bool { return kinds[k].flow&in != 0 }
func (k PortKind) leaves() bool { return kinds[k].flow&out != 0 }

// PortName returns the port's name in the graph's text, such as slot[3] or dh.
func (f *Func) PortName(p Port) string {
	switch k := kinds[p.Kind]; {
	case p.Kind == NoPort:
		return "no port"
	case k.state && p.Index >= 0 && p.Index < len(f.States):
		return fmt.Sprintf(k.text, f.States[p.Index].Name)
	case k.state:
		return fmt.Sprintf(k.text, fmt.Sprintf("state[%d]", p.Index))
	default:
		return fmt.Sprintf("%s[%d]", k.text, p.Index)
	}
}

// Rows is a parameter of a kernel: rows that it reads or writes, one for each batch row.
type Rows struct {
	Port    Port   // its kind and, for a state, its index
	Name    string // such as tile or cPrev
	Doc     string // such as c_{t-1}
	Field   string // of the runtime's kernel.Block
	Width   int    // values per unit in a row
	Strided bool   // whether rows start a stride apart; otherwise they are contiguous
	Out     bool   // whether the kernel writes them
}

// Rows returns the parameters of the graph's kernel, in their order. A state's s_{t-1}
// is among them if the cell reads it elementwise.
func (f *Func) Rows() []Rows {
	order := forwardRows
	if f.Backward {
		order = backwardRows
	}
	var list []Rows
	for _, kind := range order {
		k := kinds[kind]
		if !k.state {
			width := len(f.Slots)
			if kind == Saved {
				width = f.Saved()
			}
			list = append(list, Rows{Port: Port{kind, 0}, Name: lowerFirst(k.field), Doc: k.doc, Field: k.field, Width: width, Out: kind.leaves() && (kind != Saved || !f.Backward)})
			continue
		}
		for i, s := range f.States {
			if s.Elementwise || kind == Next || kind == DNext {
				list = append(list, Rows{
					Port: Port{kind, i}, Name: stateRows(kind, s.Name), Doc: fmt.Sprintf(k.doc, s.Name),
					Field: k.field, Width: 1, Strided: true, Out: kind.leaves(),
				})
			}
		}
	}
	return list
}

// Has reports whether the port's values are in the rows.
func (r Rows) Has(p Port) bool {
	return p.Kind == r.Port.Kind && (!r.Strided || p.Index == r.Port.Index)
}

// Offset returns where in a row the port's units begin.
func (r Rows) Offset(p Port) int {
	if r.Strided {
		return 0
	}
	return p.Index * Units
}

// RowsOf returns the index in the list of the rows that have the port's values. It panics
// if none has.
func RowsOf(list []Rows, p Port) int {
	for i, r := range list {
		if r.Has(p) {
			return i
		}
	}
	panic(fmt.Sprintf("ir: no rows of the kernel have port %d[%d]", p.Kind, p.Index))
}

// stateRows returns the name of a state's rows: cPrev, c, dC or dCPrev.
func stateRows(kind PortKind, state string) string {
	switch kind {
	case Prev:
		return state + "Prev"
	case DNext:
		return "d" + upperFirst(state)
	case DPrev:
		return "d" + upperFirst(state) + "Prev"
	}
	return state
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
