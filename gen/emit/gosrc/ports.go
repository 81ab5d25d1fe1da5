package gosrc

import (
	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// port is how a kernel's code reaches the ports of one kind: a parameter that
// holds rows, and an array that is the present row of it.
type port struct {
	kind  ir.PortKind
	param string
}

// portTable lists ports in the order of a kernel's parameters.
type portTable []port

var (
	forwardPorts  = portTable{{ir.SlotIn, "tile"}, {ir.CPrev, "cPrev"}, {ir.Saved, "saved"}, {ir.H, "h"}, {ir.C, "c"}}
	backwardPorts = portTable{
		{ir.Saved, "saved"},
		{ir.CPrev, "cPrev"},
		{ir.DH, "dH"},
		{ir.DC, "dC"},
		{ir.DSlot, "dTile"},
		{ir.DCPrev, "dCPrev"},
	}
)

// params returns the parameters of the kernel that has these ports.
func (t portTable) params() []jen.Code {
	var names []jen.Code
	for _, p := range t {
		names = append(names, jen.Id(p.param))
	}
	return []jen.Code{jen.Id("rows").Int(), jen.List(names...).Index().Float32(), jen.Id("stride").Int()}
}

// width returns how many values a unit has in a row: slots or saved values side
// by side, or one.
func (p port) width(f *ir.Func) int {
	switch p.kind {
	case ir.SlotIn, ir.DSlot:
		return len(f.Slots)
	case ir.Saved:
		return f.Saved()
	}
	return 1
}

func (p port) array() string { return p.param + "Row" }

// row returns the statement that makes the array of row r.
func (p port) row(f *ir.Func) jen.Code {
	length := jen.Id("units")
	start := jen.Id("r").Op("*").Id("stride")
	if p.kind.Indexed() {
		length = jen.Lit(p.width(f)).Op("*").Id("units")
		start = jen.Id("r").Op("*").Lit(p.width(f)).Op("*").Id("units")
	}
	return jen.Id(p.array()).Op(":=").
		Parens(jen.Op("*").Index(length).Float32()).
		Parens(jen.Id(p.param).Index(start.Op(":")))
}

// element returns unit u of a port in the present row.
func (t portTable) element(at ir.Port) *jen.Statement {
	for _, p := range t {
		if p.kind != at.Kind {
			continue
		}
		index := jen.Id("u")
		if at.Kind.Indexed() {
			index = jen.Lit(at.Index).Op("*").Id("units").Op("+").Id("u")
		}
		return jen.Id(p.array()).Index(index)
	}
	panic("gosrc: a kernel has no port " + at.String())
}
