package main

// kernelFaults are those of what writes kernels in assembly, and their calls.
var kernelFaults = []fault{
	{
		"what leaves its register is not stored", "assigner.evict",
		"\t\ta.emit(x86.VMOVUPS(v.physical(), *v.place))\n",
		"",
	},
	{
		"a vector leaves before its last use", "assigner.instruction",
		"if len(v.reads) == 0 && !slices.Contains(writes, v) {",
		"if len(v.reads) <= 1 && !slices.Contains(writes, v) {",
	},
	{
		"a vector that is not reloaded", "assigner.instruction",
		"if v.again != nil { //",
		"if v.again != nil && v.place == nil { //",
	},
	{
		"a spill slot for two", "frame.take",
		"place := f.fn.AllocLocal(size)\n\treturn &place",
		"place := f.fn.AllocLocal(size)\n\tf.free = append(f.free, &place)\n\treturn &place",
	},
	{
		"spill slots of half the size", "assigner.evict",
		"a.frame.take(int(v.Size()))",
		"a.frame.take(int(v.Size()) / 2)",
	},
	{
		"reloaded is what was, before it was written again", "assigner.instruction",
		"\t\tv.again = a.frame.loaded(i)\n",
		"\t\tif v.again == nil {\n\t\t\tv.again = a.frame.loaded(i)\n\t\t}\n",
	},
	{
		"what was stored is reloaded as one value", "frame.stored",
		"return &reload{x86.VMOVUPS, i.Operands[1]}",
		"return &reload{x86.VBROADCASTSS, i.Operands[1]}",
	},
	{
		"a spilled vector keeps its register", "assigner.evict",
		"v.again = &reload{x86.VMOVUPS, *v.place}\n\t}\n\ta.holds[v.in], v.in = nil, none",
		"v.again = &reload{x86.VMOVUPS, *v.place}\n\t}\n\ta.holds[v.in] = nil",
	},
	{
		"rows of one address", "Vector.bases",
		"v.Load(v.Param(r.Name), v.GP64())",
		"v.Load(v.Param(list[0*i].Name), v.GP64())",
	},
	{
		"saved values one unit further", "Vector.kernel",
		"Disp: 4 * list[i].Offset(p)}",
		"Disp: 4*list[i].Offset(p) + 4*min(1, list[i].Offset(p))}",
	},
	{
		"the stride of AVX2's half rows", "Vector.kernel",
		"v.XORQ(operand.U8(4*v.Lanes), half)",
		"v.XORQ(operand.U8(2*v.Lanes), half)",
	},
	{
		"half of a row", "Vector.kernel",
		"if v.Lanes < units {",
		"if v.Lanes < 0 {",
	},
	{
		"the tile's rows one slot short", "Vector.kernel",
		"v.ADDQ(operand.U32(4*units*r.Width), bases[i].place)",
		"if r.Port.Kind == ir.SlotIn {\n\t\t\t\tr.Width = max(1, r.Width-1)\n\t\t\t}\n\t\t\tv.ADDQ(operand.U32(4*units*r.Width), bases[i].place)",
	},
	{
		"saved values' rows of another width", "Vector.kernel",
		"v.ADDQ(operand.U32(4*units*r.Width), bases[i].place)",
		"if r.Port.Kind == ir.Saved {\n\t\t\t\tr.Width++\n\t\t\t}\n\t\t\tv.ADDQ(operand.U32(4*units*r.Width), bases[i].place)",
	},
	{
		"stride in halves, not bytes", "Vector.kernel",
		"v.SHLQ(operand.U8(2), stride)",
		"v.SHLQ(operand.U8(1), stride)",
	},
	{
		"one row alone", "Vector.kernel",
		"\tv.JNZ(operand.LabelRef(\"row\"))\n\tv.VZEROUPPER()",
		"\tv.VZEROUPPER()",
	},
	{
		"h and c exchanged", "Vector.kernel",
		"i := ir.RowsOf(list, p)",
		"if p.Kind == ir.Next {\n\t\t\tp.Index = 1 - p.Index\n\t\t}\n\t\ti := ir.RowsOf(list, p)",
	},
	{
		"dh and dc exchanged", "Vector.kernel",
		"i := ir.RowsOf(list, p)",
		"if p.Kind == ir.DNext {\n\t\t\tp.Index = 1 - p.Index\n\t\t}\n\t\ti := ir.RowsOf(list, p)",
	},
	{
		"fma: factor and sum exchanged", "Vector.fma",
		"v.emit(instruction{v.VFMADD132PS, v.VFMADD132PS_BCST}",
		"v.emit(instruction{v.VFMADD213PS, v.VFMADD213PS_BCST}",
	},
	{
		"fma: the sum in the factor's place", "Vector.fma",
		"VFMADD213PS_BCST}, c, v.register(b)",
		"VFMADD213PS_BCST}, b, v.register(c)",
	},
	{
		"max: operands exchanged", "Vector.extreme",
		"i(second, first, y)",
		"i(first, second, y)",
	},
	{
		"max for min", "Vector.common",
		"v.extreme(v.VMINPS)",
		"v.extreme(v.VMAXPS)",
	},
	{
		"another constant", "File.constant",
		"f.offsets[bits] = offset\n",
		"f.offsets[bits] = max(0, offset-4)\n",
	},
	{
		"one place for two constants", "File.constant",
		"operand.NewStaticSymbol(constants), offset)",
		"operand.NewStaticSymbol(constants), offset&^4)",
	},
	{
		"the tail's mask one lane short, AVX2", "Vector.tailAVX2",
		"v.NEGQ(before)\n",
		"v.NEGQ(before)\n\t\tv.INCQ(before)\n",
	},
	{
		"the tail's mask one lane too many, AVX-512", "AVX512",
		"f.BZHIL(n.As32(), bits, bits)\n",
		"f.BZHIL(n.As32(), bits, bits)\n\t\tf.SHLL(operand.U8(1), bits)\n\t\tf.INCL(bits)\n",
	},
	{
		"copysign: operands exchanged", "bitwiseSelect",
		"operand.U8(0xe4)",
		"operand.U8(0xd8)",
	},
	{
		"select: a constant compared the other way", "Vector.selectAVX512",
		"q, p, greaterThan",
		"q, p, lessThan",
	},
	{
		"the first batch of rows again", "gosrc.address",
		`jen.Id("r"), jen.Id("b").Dot("Rows")`,
		`jen.Lit(0), jen.Id("b").Dot("Rows")`,
	},
	{
		"a batch of rows left out", "kernel.dispatch",
		`jen.Id("r").Op("+=").Id("batch"))`,
		`jen.Id("r").Op("+=").Lit(2).Op("*").Id("batch"))`,
	},
	{
		"rows of the tile a stride apart", "gosrc.stride",
		"case r.Strided:",
		"case r.Strided || r.Port.Kind == ir.SlotIn:",
	},
	{
		"generations mix in Go", "Package.sameGeneration",
		`Id("_").Op("=").Id(p.Generation)`,
		`Id("_").Op("=").Lit(p.Generation)`,
	},
	{
		"generations mix in assembly", "Vector.kernel",
		`operand.Symbol{Name: "·" + generation}`,
		"operand.NewStaticSymbol(constants)",
	},
	{
		"one name for all generations", "Program.generation",
		"\t\tio.WriteString(hash, s.Forward.String())\n\t\tio.WriteString(hash, s.Backward.String())\n",
		"\t\tio.WriteString(hash, s.Width)\n",
	},
}
