package main

// assemblyFaults are those of what writes the runtime's own assembly, and the tables
// of it.
var assemblyFaults = []fault{
	{
		"AVX2's tiles as wide as AVX-512's", "vector.maxColumns",
		"return min(widest[rows-1], (v.Registers-1)/(rows+1))",
		"return widest[rows-1]",
	},
	{
		"a row of B that AVX2 has no registers for", "registerTile.term",
		"if (t.rows+1)*t.columns+1 <= t.Registers {",
		"if t.columns <= t.Registers {",
	},
	{
		"the first element of A twice", "registerTile.term",
		"at.Disp = 4 * l",
		"at.Disp = 0 * l",
	},
	{
		"half floats as far apart as floats", "registerTile.elementsOfB",
		"Disp: t.element * t.Lanes * j}",
		"Disp: 4 * t.Lanes * j}",
	},
	{
		"B's tail is loaded whole", "registerTile.load",
		"if t.tail {",
		"if t.tail && from.Disp > 0 {",
	},
	{
		"C's tail is stored whole", "registerTile.store",
		"if t.tail {",
		"if t.tail && to.Disp > 0 {",
	},
	{
		"every row of C is the first", "registerTile.eachSum",
		"if r > 0 {",
		"if r > maxRows {",
	},
	{
		"sums begin with what C had", "vector.microKernel",
		`t.eachSum(t.param("from"), t.param("fromRow"), t.load)`,
		`t.eachSum(t.param("c"), t.param("cRow"), t.load)`,
	},
	{
		"sums of all panels where the first's are", "vector.panels",
		`v.ADDQ(v.argument("cPanel"), c)`,
		`_ = v.argument("cPanel")`,
	},
	{
		"panels of floats for half floats", "vector.panelKernels",
		"v.panelsName(c, half)",
		"v.panelsName(c, false)",
	},
	{
		"terms left over are left out", "registerTile.sum",
		`t.JZ(operand.LabelRef("store"))`,
		`t.JMP(operand.LabelRef("store"))`,
	},
	{
		"A goes on by one column", "registerTile.advance",
		"operand.I8(4*columns)",
		"operand.I8(4)",
	},
	{
		"rows 3 and on of A one too early", "vector.newRows",
		"\t\tv.ADDQ(stride, next)\n",
		"",
	},
	{
		"every third row of A", "rows.at",
		"uint8(row%3)",
		"1",
	},
	{
		"kernels of fewer columns in the table", "vector.whole",
		"shape{rows: r, columns: c, half: half}",
		"shape{rows: r, columns: max(1, c-1), half: half}",
	},
	{
		"kernels of floats for half floats", "vector.whole",
		"half: half}",
		"half: half && r > tileRows}",
	},
	{
		"kernels of fewer rows in the table", "vector.tails",
		"shape{rows: r, tail: true}",
		"shape{rows: max(1, r-1), tail: true}",
	},
	{
		"half as many lanes in the table", "vector.lanes",
		".Lit(v.Lanes)",
		".Lit(v.Lanes/2)",
	},
	{
		"stripes of half as many rows in Go", "writeMicroKernels",
		"Lit(stripeRows)",
		"Lit(stripeRows/2)",
	},
	{
		"two columns of a square exchanged", "vector.transposeSquare",
		"{0, 2, 1, 3, 4, 6, 5, 7}",
		"{0, 1, 2, 3, 4, 5, 6, 7}",
	},
	{
		"the next columns are the same ones", "vector.transpose",
		"\t\tv.LEAQ(operand.Mem{Base: base, Index: to.stride, Scale: 8}, base)\n",
		"\t\tv.LEAQ(operand.Mem{Base: base, Index: to.stride, Scale: 4}, base)\n",
	},
	{
		"a sum's tail is half a vector", "vector.add",
		"operand.U8(v.Lanes-1)",
		"operand.U8(v.Lanes/2-1)",
	},
	{
		"a row that has no whole vectors is one", "vector.add",
		`v.JZ(operand.LabelRef("tail"))`,
		`v.JL(operand.LabelRef("tail"))`,
	},
	{
		"terms as far apart as sums", "vector.add",
		"v.ADDQ(fromRow, from)",
		"_ = fromRow\n\tv.ADDQ(toRow, from)",
	},
	{
		"functions of one set for all", "writeVectorFunctions",
		"sets = append(sets, v.Name)",
		"sets = append(sets[:0], v.Name)",
	},
}
