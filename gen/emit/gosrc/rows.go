package gosrc

import (
	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// argument returns a kernel's rows in its block b, such as b.Tile or b.Prev[1].
func argument(r ir.Rows) *jen.Statement {
	s := jen.Id("b").Dot(r.Field)
	if r.Index >= 0 {
		s.Index(jen.Lit(r.Index))
	}
	return s
}

// width returns how many values a row has; stride how far away the next row starts.
func width(r ir.Rows) *jen.Statement {
	if r.Strided || r.Index >= 0 {
		return jen.Id("units")
	}
	return jen.Lit(r.Width).Op("*").Id("units")
}

func stride(r ir.Rows) *jen.Statement {
	switch {
	case r.Strided:
		return jen.Id("b").Dot("Stride")
	case r.Fixed:
		return jen.Id("b").Dot("VectorStride")
	}
	return width(r)
}

// row returns the name of the current row's array.
func row(r ir.Rows) string { return r.Name + "Row" }

// makeRow returns the statement that makes the array of row r.
func makeRow(r ir.Rows) jen.Code {
	return jen.Id(row(r)).Op(":=").
		Parens(jen.Op("*").Index(width(r)).Float32()).
		Parens(argument(r).Index(jen.Id("r").Op("*").Add(stride(r)).Op(":")))
}

// element returns unit u of a port in the current row.
func element(list []ir.Rows, at ir.Port) *jen.Statement {
	r := list[ir.RowsOf(list, at)]
	index := jen.Id("u")
	if !r.Strided && r.Index < 0 {
		index = jen.Lit(r.Offset(at) / ir.Units).Op("*").Id("units").Op("+").Id("u")
	}
	return jen.Id(row(r)).Index(index)
}
