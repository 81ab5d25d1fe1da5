package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// writeMicroKernels writes the tables of the micro-kernels, and the numbers that products
// share with them.
func writeMicroKernels(pkg string) ([]byte, error) {
	f := newFile(pkg)
	f.Comment("// maxRows is the most rows of a register tile.")
	f.Const().Id("maxRows").Op("=").Lit(maxRows)
	f.Comment("// streamRows is the most rows of a product that is bound by reading B.")
	f.Const().Id("streamRows").Op("=").Lit(streamRows)
	f.Comment("// A transposition takes stripes of stripeRows rows, and stripeColumns columns of one at a\n// time.")
	f.Const().Defs(jen.Id("stripeRows").Op("=").Lit(stripeRows), jen.Id("stripeColumns").Op("=").Lit(stripeColumns))
	for _, v := range vectors(amd64.NewFile()) {
		set := strings.ToLower(v.Name)
		f.Comment(fmt.Sprintf("// %s are the micro-kernels of %s.", set, v.Name))
		f.Var().Id(set).Op("=").Id("microKernels").Values(
			v.lanes(), v.whole(maxRows, false), v.panelKernels(false), jen.Line().Id("tail").Op(":").Index().Id("microKernel").Values(v.tails()...), jen.Line())
		f.Comment(fmt.Sprintf("// %sHalf are the micro-kernels for a B in half precision; more rows are taken %d at a time.", set, streamRows))
		f.Var().Id(set+"Half").Op("=").Id("microKernels").Values(v.lanes(), v.whole(streamRows, true), v.panelKernels(true), jen.Line())
	}
	return render(f)
}

func (v vector) lanes() jen.Code { return jen.Line().Id("lanes").Op(":").Lit(v.Lanes) }

// whole returns the micro-kernels of whole vectors, one line for each number of rows.
func (v vector) whole(rows int, half bool) jen.Code {
	var table []jen.Code
	for r := 1; r <= rows; r++ {
		var row []jen.Code
		for c := 1; c <= v.maxColumns(r); c++ {
			row = append(row, jen.Id(v.microKernelName(shape{rows: r, columns: c, half: half})))
		}
		table = append(table, jen.Line().Values(row...))
	}
	return jen.Line().Id("whole").Op(":").Index().Index().Id("microKernel").Values(append(table, jen.Line())...)
}

// panelKernels returns the micro-kernels of panels.
func (v vector) panelKernels(half bool) jen.Code {
	var row []jen.Code
	for c := 1; c <= v.maxColumns(1); c++ {
		row = append(row, jen.Id(v.panelsName(c, half)))
	}
	return jen.Line().Id("row").Op(":").Index().Id("panelKernel").Values(row...)
}

func (v vector) tails() (row []jen.Code) {
	for r := 1; r <= maxRows; r++ {
		row = append(row, jen.Id(v.microKernelName(shape{rows: r, tail: true})))
	}
	return row
}

// writeSets writes the table of the loops that measure peaks.
func writeSets(pkg string) ([]byte, error) {
	f := newFile(pkg)
	for _, v := range vectors(amd64.NewFile()) {
		f.Var().Id(strings.ToLower(v.Name)).Op("=").Id("Set").Values(
			v.lanes(),
			jen.Line().Id("chains").Op(":").Lit(peakChains),
			jen.Line().Id("values").Op(":").Lit(readValues),
			jen.Line().Id("fma").Op(":").Id("fma"+v.Name),
			jen.Line().Id("read").Op(":").Id("read"+v.Name),
			jen.Line())
	}
	return render(f)
}

// newFile returns a Go file that is built together with assembly.
func newFile(pkg string) *jen.File {
	f := jen.NewFile(pkg)
	f.HeaderComment("// " + gosrc.Header + ". DO NOT EDIT.")
	f.HeaderComment("//go:build !purego")
	return f
}

func render(f *jen.File) ([]byte, error) {
	var b bytes.Buffer
	err := f.Render(&b)
	return b.Bytes(), err
}
