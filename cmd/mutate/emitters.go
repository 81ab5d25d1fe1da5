package main

// emitterFaults are those of what writes Go and assembly.
var emitterFaults = []fault{
	{
		"operands swapped", "writer.apply",
		"w.parenthesised(v.Args[0], p).Op(v.Op.Go).Add(w.parenthesised(v.Args[1], p+1))",
		"w.parenthesised(v.Args[1], p).Op(v.Op.Go).Add(w.parenthesised(v.Args[0], p+1))",
	},
	{
		"a - (b - c) without its parentheses", "writer.apply",
		"w.parenthesised(v.Args[1], p+1)",
		"w.parenthesised(v.Args[1], p)",
	},
	{
		"parentheses one precedence too late", "writer.parenthesised",
		"v.Op.Precedence < p &&",
		"v.Op.Precedence < p-1 &&",
	},
	{
		"-(a + b) without its parentheses", "writer.apply",
		"jen.Op(v.Op.Go).Add(w.parenthesised(v.Args[0], p))",
		"jen.Op(v.Op.Go).Add(w.reference(v.Args[0]))",
	},
	{
		"arguments of a function in reverse", "writer.apply",
		"args[i] = w.reference(a)",
		"args[len(args)-1-i] = w.reference(a)",
	},
	{
		"wrong slot of the tile", "element",
		`jen.Lit(r.Offset(at) / ir.Units).Op("*")`,
		`jen.Lit(max(0, r.Offset(at)/ir.Units-1)).Op("*")`,
	},
	{
		"rows of states 16 apart, not stride", "gosrc.stride",
		`return jen.Id("b").Dot("Stride")`,
		`return jen.Id("units")`,
	},
	{
		"rows of saved values too wide", "Func.rows",
		"r.Width = f.width(p.Kind)\n",
		"r.Width = f.width(p.Kind)\n\t\tif p.Kind == Saved {\n\t\t\tr.Width++\n\t\t}\n",
	},
	{
		"rows of the tile too wide", "Func.rows",
		"r.Width = f.width(p.Kind)\n",
		"r.Width = f.width(p.Kind)\n\t\tif p.Kind == SlotIn {\n\t\t\tr.Width++\n\t\t}\n",
	},
	{
		"h and c exchanged", "argument",
		"s.Index(jen.Lit(r.Index))",
		"if r.Port.Kind == ir.Next {\n\t\t\treturn s.Index(jen.Lit(1 - r.Index))\n\t\t}\n\t\ts.Index(jen.Lit(r.Index))",
	},
	{
		"dh and dc exchanged", "argument",
		"s.Index(jen.Lit(r.Index))",
		"if r.Port.Kind == ir.DNext {\n\t\t\treturn s.Index(jen.Lit(1 - r.Index))\n\t\t}\n\t\ts.Index(jen.Lit(r.Index))",
	},
	{
		"no loop of its own for what waits", "loops.place",
		"depth[v]++",
		"depth[v] += 0",
	},
	{
		"no array between two loops", "loops.leave",
		"l.last[v] > l.loop[v] {",
		"l.last[v] > l.loop[v]+1 {",
	},
	{
		"a value leaves through one port alone", "loops.leave",
		"slices.Backward(l.results[v])",
		"slices.Backward(l.results[v][:min(1, len(l.results[v]))])",
	},
	{
		"an input that leaves is not stored", "loops.body",
		"if v.IsInput() && l.loop[v] == loop {",
		"if v.IsInput() && l.loop[v] > loop {",
	},
	{
		"a leaf too many", "cell.params",
		"for l := range c.Leaves() {",
		"for l := range c.Leaves() + 1 {",
	},
	{
		"bias where there is none", "cell.params",
		"if bias {",
		"if !bias {",
	},
	{
		"a saved value too few", "ir.Stage.describe",
		"Saved: f.width(Saved), ",
		"Saved: f.width(Saved) - 1, ",
	},
	{
		"sides of slots exchanged", "productFinder.products",
		"for _, g := range order {\n\t\tproducts = append(products, runs(f.OperandName(g.operand),",
		"for i, g := range order {\n\t\tproducts = append(products, runs(f.OperandName(order[len(order)-1-i].operand),",
	},
	{
		"directives of tools are not seen", "directive",
		"(//([a-z0-9]+:[a-z0-9]|line |",
		"(//(line |",
	},
	{
		"variables are not seen as declarations", "declared",
		"case *ast.ValueSpec:",
		"case *ast.ValueSpec:\n\t\tif tok == token.VAR {\n\t\t\tbreak\n\t\t}",
	},
	{
		"invisible characters pass", "Shape.Verify",
		"!unicode.IsPrint(r)",
		"false && !unicode.IsPrint(r)",
	},
	{
		"operands swapped", "Vector.binary",
		"v.register(x[0]), v.New()\n\t\tv.emit(i, x[1]",
		"v.register(x[1]), v.New()\n\t\tv.emit(i, x[0]",
	},
	{
		"max loses NaN", "Vector.extreme",
		"if !a.isConst() {\n\t\t\tv.passNaN",
		"if a.isConst() {\n\t\t\tv.passNaN",
	},
	{
		"copysign with its own sign", "Vector.common",
		"and(x[1], sign)",
		"and(x[0], sign)",
	},
	{
		"another bit for the sign", "sign",
		"bits: 1 << 31}",
		"bits: 1 << 30}",
	},
	{
		"less or equal for less", "lessThan",
		"operand.U8(0x11)",
		"operand.U8(0x12)",
	},
	{
		"round down", "toNearest",
		"operand.U8(0x08)",
		"operand.U8(0x09)",
	},
	{
		"branches of select exchanged", "AVX2",
		"v.register(x[2]), v.register(x[3]), y)",
		"v.register(x[3]), v.register(x[2]), y)",
	},
	{
		"2ⁿ: sign of a half", "Vector.scale2",
		"v.VPSUBD(half, n, rest)",
		"v.VPSUBD(n, half, rest)",
	},
	{
		"2ⁿ: place of the exponent", "Vector.power",
		"v.VPSLLD(operand.U8(23)",
		"v.VPSLLD(operand.U8(22)",
	},
	{
		"every operand dies", "Vector.Graph",
		"last[a] == i &&",
		"i >= 0 &&",
	},
	{
		"operands in reverse", "Vector.Graph",
		"args[j] = arg{",
		"args[len(args)-1-j] = arg{",
	},
}
