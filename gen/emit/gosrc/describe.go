package gosrc

import (
	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
)

// describe returns the description as a literal of the runtime's kernel.Description.
func describe(d *ir.Description) jen.Code {
	return jen.Qual(Kernel, "Description").Add(fields(
		field("Name", jen.Lit(d.Name)),
		field("Params", list("Param", d.Params, param)),
		field("States", list("State", d.States, state)),
		field("Stages", list("Stage", d.Stages, stage)),
	))
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
	constructor := map[int]string{1: "Vector", 2: "Matrix"}[len(p.Shape)]
	return jen.Qual(Kernel, constructor).CallFunc(func(g *jen.Group) {
		g.Lit(p.Name)
		for _, width := range p.Shape {
			g.Lit(width)
		}
		g.Lit(p.Initial)
		for _, a := range p.Args {
			g.Lit(a)
		}
	})
}

func state(s ir.State) jen.Code {
	return jen.ValuesFunc(func(g *jen.Group) {
		g.Id("Name").Op(":").Lit(s.Name)
		g.Id("Width").Op(":").Qual(Kernel, "Hidden")
		if s.Initial != 0 {
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

func stage(s ir.Stage) jen.Code {
	return fields(
		field("Width", jen.Qual(Kernel, "Hidden")),
		field("Slots", jen.Lit(s.Slots)),
		field("Products", list("Product", s.Products, productOf)),
		field("Saved", jen.Lit(s.Saved)),
	)
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
	})
}
