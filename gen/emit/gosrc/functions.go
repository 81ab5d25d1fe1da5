package gosrc

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

var variables = [...]string{"x", "y", "z", "w"}

// WriteFunctions returns the runtime's file of elementwise functions: for every
// operator with a lowering a scalar function, and for every operator that may
// stand in a graph a function over slices.
func WriteFunctions() ([]byte, error) {
	f := newFile("runtime")
	var table []jen.Code
	for _, o := range op.Table() {
		if o.Lowering != nil {
			f.Comment("// " + doc(o))
			f.Func().Id(o.Go).Params(params(o)...).Float32().Block(lowering(o)...)
		}
		if o.Kind == op.Primitive || o.Name == "identity" {
			continue
		}
		name := o.Name + "Slices"
		table = append(table, jen.Line().Lit(o.Name).Op(":").Id(name))
		f.Line()
		f.Func().Id(name).Params(jen.Id("dst").Index().Float32(), jen.Id("operands").Index().Index().Float32()).Block(loop(o)...)
	}
	slices := jen.Map(jen.String()).Func().Params(jen.Id("dst").Index().Float32(), jen.Id("operands").Index().Index().Float32())
	f.Comment("// Functions returns the operators of graphs as functions over slices, by name:\n" +
		"// dst[i] = op(operands[0][i], operands[1][i], …). Operands are as long as dst.")
	f.Func().Id("Functions").Params().Add(slices).Block(
		jen.Return(slices.Clone().Values(append(table, jen.Line())...)))
	return render(f)
}

func doc(o *op.Op) string {
	s := fmt.Sprintf("%s is %s, the %s.", o.Go, o.Equation(variables[:o.Arity]...), o.Doc)
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

// lowering returns the straight line of an operator's lowering, one primitive a
// statement.
func lowering(o *op.Op) []jen.Code {
	f := &ir.Func{Name: o.Name}
	b := ir.NewBuilder(f)
	env := make(map[op.Var]*ir.Value)
	for i, v := range variables[:o.Arity] {
		env[op.X0+op.Var(i)] = b.Input(v, ir.SlotIn, i)
	}
	b.Return(b.Expr(o.Lowering, env), ir.H, 0)
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

// loop returns dst[i] = op(…) over the slices.
func loop(o *op.Op) []jen.Code {
	f := &ir.Func{Name: o.Name}
	b := ir.NewBuilder(f)
	var code []jen.Code
	var args []*ir.Value
	for i, v := range variables[:o.Arity] {
		code = append(code, jen.Id(v).Op(":=").Id("operands").Index(jen.Lit(i)).Index(jen.Op(":").Len(jen.Id("dst"))))
		args = append(args, b.Input(v+"[i]", ir.SlotIn, i))
	}
	w := &writer{named: true}
	value := w.apply(b.Apply("", o, args...))
	return append(code, jen.For(jen.Id("i").Op(":=").Range().Id("dst")).Block(jen.Id("dst").Index(jen.Id("i")).Op("=").Add(value)))
}
