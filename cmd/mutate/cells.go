package main

// cellFaults are those of what equations bring in: functions, products of any operand, stages and
// vectors in what is lowered, interpreted and generated.
var cellFaults = []fault{
	{
		"log' = x", "op.functions",
		"Derivative: []*Expr{div(dy, x)}",
		"Derivative: []*Expr{mul(dy, x)}",
	},
	{
		"softplus' = tanh", "op.functions",
		"Sigmoid.Of(x)",
		"Tanh.Of(x)",
	},
	{
		"a density twice as large", "density",
		"num(0x1.40d932p+1)",
		"num(0x1.40d932p+0)",
	},
	{
		"elu' = y + 1 above 0 too", "op.functions",
		"add(lesser(y, zero), one)",
		"add(y, one)",
	},
	{
		"where gives the gradient to what is not chosen", "op.functions",
		"Where.Of(x0, dy, zero), Where.Of(x0, zero, dy)",
		"Where.Of(x0, zero, dy), Where.Of(x0, dy, zero)",
	},
	{
		"where chooses nothing at 0", "op.where",
		"case c <= 0:",
		"case c < 0:",
	},
	{
		"the same, lowered", "op.functions",
		"less(x0, one, x2, x0)",
		"less(x0, zero, x2, x0)",
	},
	{
		"a coefficient of log1p", "op.log1p",
		"0x1.99699ep-3",
		"0x1.99799ep-3",
	},
	{
		"log: denormals have another exponent", "op.log",
		"num(-23), zero)",
		"num(-22), zero)",
	},
	{
		"softplus: the exponent of the other half", "op.softplus",
		"less(half, e, one, zero)",
		"less(half, e, zero, one)",
	},
	{
		"a coefficient of normcdf", "op.normcdf",
		"0x1.75d3aap-3",
		"0x1.76d3aap-3",
	},
	{
		"elu: sign", "op.elu",
		"sub(s, one)",
		"sub(one, s)",
	},
	{
		"in functions, sums join from the right", "equation.inline",
		"o.Of(value, inline(l.X, params, args))",
		"o.Of(inline(l.X, params, args), value)",
	},
	{
		"in functions, the sign of a sum is lost", "equation.inline",
		"if x.Negated {",
		"if x.Negated && len(x.Rest) > 0 {",
	},
	{
		"an operand for each product", "lowerer.operand",
		"if p, ok := l.operands[v]; ok {",
		"if p, ok := l.operands[v]; ok && p.Index < 0 {",
	},
	{
		"operands share a name", "lowerer.unused",
		"l.names[name]; n++",
		"l.names[name] && n < 2; n++",
	},
	{
		"a subtracted product is added", "gather",
		"case t.operator == '+' && t.value.Port.Kind == ir.SlotIn:",
		"case t.value.Port.Kind == ir.SlotIn:",
	},
	{
		"a matrix and its transpose are one slot", "lowerer.product",
		"l.places[x.Matrix.Text], x.Matrix.Transposed,",
		"l.places[x.Matrix.Text], false,",
	},
	{
		"a state that is the output is returned beside it", "lowerer.output",
		"r.Port.Kind == ir.Next && r.Value == v",
		"r.Port.Kind == ir.Prev && r.Value == v",
	},
	{
		"a width that is equal to another is free", "Cell.sizes",
		"case equal != name:",
		"case equal != name && i < 0:",
	},
	{
		"rows of a matrix for its columns", "Symbol.param",
		"[]string{s.Shape.Rows, s.Shape.Columns}",
		"[]string{s.Shape.Columns, s.Shape.Rows}",
	},
	{
		"any number of products wait for each other", "checker.limits",
		"> MaxStages:",
		"> 1000*MaxStages:",
	},
	{
		"any number of products", "checker.limits",
		"m.products > MaxProducts",
		"m.products > 1000*MaxProducts",
	},
	{
		"operators of functions are not counted", "measure.of",
		"f.Body != nil {",
		"f.Body != nil && m.operators < 0 {",
	},
	{
		"a product of a product waits for one", "measure.of",
		"return m.of(x.X) + 1",
		"return min(1, m.of(x.X)+1)",
	},
	{
		"a slot before what its products multiply", "order.place",
		"if t.Operand.Kind == ir.Operands {",
		"if t.Operand.Kind == ir.Output {",
	},
	{
		"an operand's cotangent before those of its products", "order.place",
		"o.dslot[s] >= 0 && o.multiplies",
		"o.dslot[s] > len(o.known) && o.multiplies",
	},
	{
		"cotangents of an operand add up over steps", "run.operandCotangent",
		"\tclear(d)\n",
		"",
	},
	{
		"the gradient of a scalar is the last unit's", "run.gather",
		"r.m.round(dst[0] + v)",
		"r.m.round(v)",
	},
	{
		"a transposed product is not", "matrix.of",
		"m.row, m.column = m.column, m.row",
		"m.row, m.column = m.row, m.column",
	},
	{
		"a width that is equal to another is given", "Size.width",
		`c.Sizes[i].Equal != "" {`,
		`c.Sizes[i].Equal != "" && i < 0 {`,
	},
	{
		"rows of vectors follow each other", "gosrc.stride",
		"case r.Fixed:",
		"case r.Fixed && r.Width < 0:",
	},
	{
		"assembly has the same vectors for all rows", "gosrc.kernel.dispatch",
		`Line().Id("b").Dot("VectorStride")`,
		`Line().Lit(0)`,
	},
	{
		"vectors as many bytes apart as elements", "Vector.kernel",
		"\t\t\tv.SHLQ(operand.U8(2), apart)\n",
		"",
	},
	{
		"the interpreter has the same vectors for all rows", "tape.view",
		"stride = b.VectorStride",
		"stride = 0",
	},
	{
		"rows named as the stride of vectors", "Func.Rows",
		", VectorStride: true",
		"",
	},
	{
		"a stage has the kernel of the first", "kernel.function",
		"strconv.Itoa(k.stage)",
		"strconv.Itoa(0*k.stage)",
	},
	{
		"a transposed product is not", "gosrc.productOf",
		"if p.Transposed {",
		"if p.Transposed && p.First < 0 {",
	},
	{
		"cotangents of vectors are not described", "gosrc.stage",
		"\t\tindexes(\"DVectors\", s.DVectors),\n",
		"",
	},
	{
		"every stage runs step by step", "gosrc.stage",
		"when(s.Batched,",
		"when(s.Batched && s.Slots < 0,",
	},
	{
		"vectors of the next row", "Vector.kernel",
		"case r.Fixed:",
		"case r.Fixed && r.Width < 0:",
	},
	{
		"more addresses than registers", "inRegisters",
		"10",
		"15",
	},
	{
		"rows beyond the registers are one", "Vector.bases",
		"v.Param(r.Name).Resolve()",
		"v.Param(list[inRegisters].Name).Resolve()",
	},
}
