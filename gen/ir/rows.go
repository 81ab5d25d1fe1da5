package ir

import (
	"fmt"
	"go/token"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Columns are how many values per unit the rows have that stages of one width share.
type Columns struct {
	Saved, Carried int
	Vectors        []int // ports of kind Vector, in the order of a row
	DVectors       []int // whose cotangents a backward kernel writes, behind the slots' own
	Only           bool  // whether the cell has no other stage: the rows of all its states are there
}

// The order of the rows that a kernel takes: the order of its parameters.
var (
	forwardRows  = []PortKind{SlotIn, Prev, Vector, Given, Saved, Next, Operands, Output}
	backwardRows = []PortKind{Saved, Prev, Vector, Given, DNext, DOperands, DOutput, Carried, DSlot, DPrev, DGiven}
)

// Rows is a parameter of a kernel: rows that it reads or writes, one for each batch row.
type Rows struct {
	Port    Port   // its kind and, if each state and so on has rows, the index
	Name    string // such as tile or cPrev
	Doc     string // such as c_{t-1}
	Field   string // of the runtime's kernel.Block
	Index   int    // in the field, if that is a list of rows; else -1
	Width   int    // values per unit in a row
	Strided bool   // whether rows start a stride apart; otherwise they are contiguous
	Fixed   bool   // whether batch rows may share a row: rows start a stride of their own apart, which may be 0
	Out     bool   // whether the kernel writes them
	Shared  bool   // whether the kernel writes only a part of them, as kernels of other stages do

	f *Func
}

// VectorStride is the parameter of a kernel with Fixed rows that says how far apart these start.
const VectorStride = "vectorStride"

// Rows returns the parameters of the graph's kernel, in their order: what it reads or writes,
// always the tile and the saved values, and in the only stage of a cell all states. Their names are identifiers of Go, each its own.
func (f *Func) Rows() []Rows {
	order := forwardRows
	if f.Backward {
		order = backwardRows
	}
	var list []Rows
	for _, kind := range order {
		for i := range f.Ports(kind) {
			if kinds[kind].owner != none && (f.passes(Port{kind, i}) || f.always(Port{kind, i})) {
				list = append(list, f.rows(Port{kind, i}))
			}
		}
		always := kind == SlotIn || kind == DSlot || kind == Saved
		if kinds[kind].owner == none && (always || f.count(kind) > 0) {
			list = append(list, f.rows(Port{kind, 0}))
		}
	}
	taken := map[string]bool{"rows": true, "stride": true, VectorStride: true}
	for i := range list {
		for taken[list[i].Name] || !token.IsIdentifier(list[i].Name) {
			list[i].Name += "_"
		}
		taken[list[i].Name] = true
	}
	return list
}

// always reports whether a kernel takes a state's rows even if it does not use them.
func (f *Func) always(p Port) bool {
	if !f.Columns.Only || kinds[p.Kind].owner != state {
		return false
	}
	return f.States[p.Index].Elementwise || p.Kind == Next || p.Kind == DNext
}

// rows returns the rows that a port is in.
func (f *Func) rows(p Port) Rows {
	k := kinds[p.Kind]
	r := Rows{Port: p, Field: k.field, Doc: k.doc, Index: -1, Width: 1, Out: p.Kind.leaves(), f: f}
	switch {
	case k.owner != none:
		r.Index, r.Strided = p.Index, true
		if p.Kind == Given || p.Kind == DGiven {
			r.Index = f.Givens[p.Index].Index
			r.Strided = p.Kind == DGiven || r.Index == 0 || f.Inputs[r.Index-1].Width != ""
		}
		r.Doc = fmt.Sprintf(k.doc, f.Owner(p))
		r.Name = ownedRows(p.Kind, f.Owner(p))
	case p.Kind == Output || p.Kind == DOutput:
		r.Strided = true
		r.Name = lowerFirst(k.field)
	default:
		r.Name, r.Fixed = lowerFirst(k.field), p.Kind == Vector
		r.Width = f.width(p.Kind)
		r.Out = p.Kind.leaves() && (p.Kind != Saved || !f.Backward)
		r.Shared = r.Out && (p.Kind == Saved || p.Kind == Carried) && !f.Columns.Only
	}
	return r
}

// width returns how many values per unit a row has of a kind without owners.
func (f *Func) width(kind PortKind) int {
	switch kind {
	case DSlot:
		return len(f.Slots) + len(f.Columns.DVectors)
	case Vector:
		return len(f.Columns.Vectors)
	}
	return f.Ports(kind)
}

// passes reports whether a value passes the port.
func (f *Func) passes(p Port) bool {
	return f.Input(p) != nil || f.Result(p) != nil
}

// Owner returns the name of what the port belongs to: a state, an operand, an input or the
// output.
func (f *Func) Owner(p Port) string {
	switch kinds[p.Kind].owner {
	case none:
		return "output"
	case state:
		return f.States[p.Index].Name
	case operand:
		return f.Operands[p.Index].Name
	}
	return f.inputName(f.Givens[p.Index].Index)
}

// Has reports whether the port's values are in the rows.
func (r Rows) Has(p Port) bool {
	if p.Kind == DVector {
		return r.Port.Kind == DSlot
	}
	return p.Kind == r.Port.Kind && (kinds[p.Kind].owner == none || p.Index == r.Port.Index)
}

// Offset returns where in a row the port's units begin.
func (r Rows) Offset(p Port) int {
	switch {
	case p.Kind == DVector:
		return (len(r.f.Slots) + slices.Index(r.f.Columns.DVectors, p.Index)) * Units
	case p.Kind == Vector:
		return slices.Index(r.f.Columns.Vectors, p.Index) * Units
	case r.Index >= 0 || r.Strided:
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

// ownedRows returns the name of the rows of a state, an operand or an input: cPrev, c, dC or
// dCPrev; rhOperand or dRhOperand; xInput or dXInput.
func ownedRows(kind PortKind, owner string) string {
	switch kind {
	case Prev:
		return owner + "Prev"
	case DNext:
		return "d" + upperFirst(owner)
	case DPrev:
		return "d" + upperFirst(owner) + "Prev"
	case Operands:
		return owner + "Operand"
	case DOperands:
		return "d" + upperFirst(owner) + "Operand"
	case Given:
		return owner + "Input"
	case DGiven:
		return "d" + upperFirst(owner) + "Input"
	}
	return owner
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func lowerFirst(s string) string { return string(unicode.ToLower(rune(s[0]))) + s[1:] }
