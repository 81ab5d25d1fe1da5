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
		`jen.Lit(at.Index).Op("*")`,
		`jen.Lit(max(0, at.Index-1)).Op("*")`,
	},
	{
		"rows of states 16 apart, not stride", "gosrc.stride",
		`return jen.Id("b").Dot("Stride")`,
		`return jen.Id("units")`,
	},
	{
		"rows of saved values too wide", "Func.Rows",
		"width = f.Saved()",
		"width = f.Saved() + 1",
	},
	{
		"rows of the tile too wide", "Func.Rows",
		"width := len(f.Slots)",
		"width := len(f.Slots) + 1",
	},
	{
		"h and c exchanged", "argument",
		"s.Index(jen.Lit(r.Port.Index))",
		"if r.Port.Kind == ir.Next {\n\t\t\treturn s.Index(jen.Lit(1 - r.Port.Index))\n\t\t}\n\t\ts.Index(jen.Lit(r.Port.Index))",
	},
	{
		"dh and dc exchanged", "argument",
		"s.Index(jen.Lit(r.Port.Index))",
		"if r.Port.Kind == ir.DNext {\n\t\t\treturn s.Index(jen.Lit(1 - r.Port.Index))\n\t\t}\n\t\ts.Index(jen.Lit(r.Port.Index))",
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
		"a leaf too many", "Func.Describe",
		"for leaf := range f.Leaves() {",
		"for leaf := range f.Leaves() + 1 {",
	},
	{
		"bias where there is none", "Func.Describe",
		"if f.Bias {\n\t\t\tadd",
		"if !f.Bias {\n\t\t\tadd",
	},
	{
		"a saved value too few", "Func.Describe",
		"Saved: f.Saved()}",
		"Saved: f.Saved() - 1}",
	},
	{
		"sides of slots exchanged", "Func.Describe",
		"product(operandX, 0, func(s Slot) []int { return s.Input })",
		"product(operandX, 0, func(s Slot) []int { return s.Recurrent })",
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
