package gosrc

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// describe returns the description as a literal of the runtime's kernel.Description. What
// has its zero value is left out.
func describe(d *ir.Description, source string) jen.Code {
	return jen.Qual(Kernel, "Description").Add(fields(slices.Concat(
		[]jen.Code{field("Name", jen.Lit(d.Name))},
		when(source != "", "Source", text(source)),
		optional("Dims", "Size", d.Sizes, size),
		[]jen.Code{field("Params", list("Param", d.Params, param))},
		optional("Inputs", "ExtraInput", d.Inputs, func(i ir.Input) jen.Code { return named(i.Name, i.Width) }),
		[]jen.Code{field("States", list("State", d.States, state))},
		optional("Operands", "Operand", d.Operands, func(o ir.Operand) jen.Code { return named(o.Name, o.Width) }),
		[]jen.Code{field("Stages", list("Stage", d.Stages, stage))},
		when(d.Output != "", "Output", jen.Lit(d.Output)),
		when(d.Named, "Named", jen.True()),
	)...))
}

// when returns a field if it is wanted.
func when(wanted bool, name string, value jen.Code) []jen.Code {
	if !wanted {
		return nil
	}
	return []jen.Code{field(name, value)}
}

// text returns a literal with the lines of a text as they are.
func text(s string) jen.Code {
	if strings.ContainsAny(s, "`\r") || !utf8.ValidString(s) {
		return jen.Lit(s)
	}
	return jen.Op("`" + s + "`")
}

// optional returns the field of a list unless the list is empty.
func optional[T any](name, element string, elements []T, write func(T) jen.Code) []jen.Code {
	return when(len(elements) > 0, name, list(element, elements, write))
}

// indexes returns the field of a list of numbers unless the list is empty.
func indexes(name string, numbers []int) []jen.Code {
	return when(len(numbers) > 0, name, jen.Index().Int().ValuesFunc(func(g *jen.Group) {
		for _, n := range numbers {
			g.Lit(n)
		}
	}))
}

func size(s ir.Size) jen.Code {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(s.Name)
		if s.Equal != "" {
			g.Id("Equal").Op(":").Lit(s.Equal)
		}
	})
}

func named(name, width string) jen.Code {
	return jen.Values(jen.Id("Name").Op(":").Lit(name), jen.Id("Width").Op(":").Add(dim(width)))
}

// dim returns a width, by the runtime's name of hidden.
func dim(width string) jen.Code {
	if width == ir.WidthHidden {
		return jen.Qual(Kernel, "Hidden")
	}
	return jen.Lit(width)
}

// fields returns a composite literal with one field per line.
func fields(list ...jen.Code) *jen.Statement {
	return jen.ValuesFunc(func(g *jen.Group) {
		for _, f := range list {
			g.Line().Add(f)
		}
		g.Line()
	})
}

func field(name string, value jen.Code) jen.Code { return jen.Id(name).Op(":").Add(value) }

// list returns a slice literal with one element per line.
func list[T any](name string, elements []T, write func(T) jen.Code) jen.Code {
	return jen.Index().Qual(Kernel, name).ValuesFunc(func(g *jen.Group) {
		for _, e := range elements {
			g.Line().Add(write(e))
		}
		g.Line()
	})
}

func param(p ir.Param) jen.Code {
	constructor := [...]string{"Scalar", "Vector", "Matrix"}[len(p.Shape)]
	return jen.Qual(Kernel, constructor).CallFunc(func(g *jen.Group) {
		g.Lit(p.Name)
		for _, width := range p.Shape {
			g.Lit(width)
		}
		if len(p.Shape) > 0 {
			g.Lit(p.Initial)
		}
		for _, a := range p.Args {
			g.Lit(a)
		}
	})
}

func state(s ir.State) jen.Code {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(s.Name)
		g.Id("Width").Op(":").Add(dim(s.Width))
		switch {
		case math.IsInf(s.Initial, -1):
			g.Id("Initial").Op(":").Qual("math", "Inf").Call(jen.Lit(-1))
		case s.Initial != 0:
			g.Id("Initial").Op(":").Lit(s.Initial)
		}
		if s.Output {
			g.Id("Output").Op(":").True()
		}
		if s.Elementwise {
			g.Id("Elementwise").Op(":").True()
		}
	})
}

func stage(s ir.StageDescription) jen.Code {
	return fields(slices.Concat(
		[]jen.Code{field("Width", dim(s.Width)), field("Slots", jen.Lit(s.Slots))},
		when(len(s.Products) > 0, "Products", list("Product", s.Products, productOf)),
		[]jen.Code{field("Saved", jen.Lit(s.Saved))},
		when(s.Batched, "Batched", jen.True()),
		indexes("Vectors", s.Vectors),
		indexes("Inputs", s.Inputs),
		indexes("States", s.States),
		indexes("Operands", s.Operands),
		when(s.Output, "Output", jen.True()),
		indexes("DVectors", s.DVectors),
		indexes("DInputs", s.DInputs),
		indexes("DStates", s.DStates),
		when(s.Carried > 0, "Carried", jen.Lit(s.Carried)),
	)...)
}

func productOf(p ir.Product) jen.Code {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Operand").Op(":").Lit(p.Operand)
		g.Id("First").Op(":").Lit(p.First)
		g.Id("Sums").Op(":").Index().Index().Int().ValuesFunc(func(g *jen.Group) {
			for _, sum := range p.Sums {
				g.ValuesFunc(func(g *jen.Group) {
					for _, i := range sum {
						g.Lit(i)
					}
				})
			}
		})
		if p.Transposed {
			g.Id("Transposed").Op(":").True()
		}
	})
}
