package gosrc

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

var variables = [...]string{"x", "y", "z", "w"}

// WriteFunctions returns the runtime's file of elementwise functions: a scalar function for
// every operator with a lowering, and a function over slices for every operator that graphs
// may have. Functions of approximated operators have a signature of their own, and may also
// be in assembly.
func WriteFunctions(pkg string) ([]byte, error) {
	f := newFile(pkg)
	var table, scalar []jen.Code
	for _, o := range op.Table() {
		if o.Lowering != nil {
			f.Comment("// " + doc(o))
			f.Func().Id(o.Go).Params(params(o)...).Float32().Block(lowering(o)...)
		}
		switch name := o.Name + "Slices"; {
		case !o.SliceForm():
		case o.InAssembly():
			scalar = append(scalar, entry(o.Name, jen.Id(name)))
			table = append(table, entry(o.Name, jen.Id("unary").Call(jen.Id("approximated").Call(jen.Lit(o.Name)))))
			f.Line()
			f.Func().Id(name).Params(jen.List(jen.Id("dst"), jen.Id("x")).Index().Float32()).Block(
				jen.Id("x").Op("=").Id("x").Index(jen.Op(":").Len(jen.Id("dst"))), loop(o))
		default:
			table = append(table, entry(o.Name, jen.Id(name)))
			f.Line()
			f.Func().Id(name).Params(jen.Id("dst").Index().Float32(), jen.Id("operands").Index().Index().Float32()).
				Block(append(operands(o), loop(o))...)
		}
	}
	f.Comment("// goFunctions are the approximated functions in Go, by operator.")
	f.Var().Id("goFunctions").Op("=").Map(jen.String()).Id("function").Values(append(scalar, jen.Line())...)
	slices := jen.Map(jen.String()).Func().Params(jen.Id("dst").Index().Float32(), jen.Id("operands").Index().Index().Float32())
	f.Comment("// Functions returns the operators of graphs as functions over slices, by name:\n" +
		"// dst[i] = op(operands[0][i], operands[1][i], …). Operands are as long as dst;\n" +
		"// dst may be one of them. Where [Vectors] has one in assembly, it is used.")
	f.Func().Id("Functions").Params().Add(slices).Block(
		jen.Return(slices.Clone().Values(append(table, jen.Line())...)))
	return render(f)
}

// WriteVectorFunctions returns the file that lists the approximated functions in assembly.
// Their names end in the names of the instruction sets.
func WriteVectorFunctions(pkg string, sets ...string) ([]byte, error) {
	f := newFile(pkg)
	f.HeaderComment("//go:build !purego")
	functions := jen.Map(jen.String()).Map(jen.String()).Id("function")
	f.Comment("// vectorFunctions are the approximated functions in assembly, by vectors and\n// operator.")
	f.Var().Id("vectorFunctions").Op("=").Add(functions).ValuesFunc(func(g *jen.Group) {
		for _, set := range sets {
			var table []jen.Code
			for _, o := range op.Table() {
				if o.InAssembly() {
					table = append(table, entry(o.Name, jen.Id(o.Name+set)))
				}
			}
			g.Add(entry(strings.ToLower(set), jen.Values(append(table, jen.Line())...)))
		}
		g.Line()
	})
	return render(f)
}

// entry returns a line of a table.
func entry(name string, value jen.Code) jen.Code {
	return jen.Line().Lit(name).Op(":").Add(value)
}

func doc(o *op.Op) string {
	s := fmt.Sprintf("%s is %s, the %s.", o.Go, o.Equation(op.Names(variables[:o.Arity]...)...).Text, o.Doc)
	if o.ULP > 0 {
		s += fmt.Sprintf("\n// Its error is at most %g ULP.", o.ULP)
	}
	return s
}

func params(o *op.Op) []jen.Code {
	var names []jen.Code
	for _, v := range variables[:o.Arity] {
		names = append(names, jen.Id(v))
	}
	return []jen.Code{jen.List(names...).Float32()}
}

// lowering returns the body of an operator's scalar function, one primitive per statement.
func lowering(o *op.Op) []jen.Code {
	f := &ir.Func{Name: o.Name}
	b := ir.NewBuilder(f)
	env := make(map[op.Var]*ir.Value)
	for i, v := range variables[:o.Arity] {
		env[op.X0+op.Var(i)] = b.Input(v, ir.SlotIn, i)
	}
	b.Return(b.Expr(o.Lowering, env), ir.Next, 0)
	w := &writer{named: true}
	var code []jen.Code
	for _, v := range f.Values {
		switch {
		case v.Op == nil:
		case v == f.Results[0].Value:
			code = append(code, jen.Return(w.apply(v)))
		default:
			code = append(code, jen.Id(v.Name).Op(":=").Add(w.apply(v)))
		}
	}
	return code
}

// operands returns statements that name the slices that an operator reads.
func operands(o *op.Op) []jen.Code {
	var code []jen.Code
	for i, v := range variables[:o.Arity] {
		code = append(code, jen.Id(v).Op(":=").Id("operands").Index(jen.Lit(i)).Index(jen.Op(":").Len(jen.Id("dst"))))
	}
	return code
}

// loop returns the loop of dst[i] = op(…) over the slices.
func loop(o *op.Op) jen.Code {
	b := ir.NewBuilder(&ir.Func{Name: o.Name})
	var args []*ir.Value
	for i, v := range variables[:o.Arity] {
		args = append(args, b.Input(v+"[i]", ir.SlotIn, i))
	}
	w := &writer{named: true}
	value := w.apply(b.Apply("", o, args...))
	return jen.For(jen.Id("i").Op(":=").Range().Id("dst")).Block(jen.Id("dst").Index(jen.Id("i")).Op("=").Add(value))
}
