package main

// numberFaults break what is said of small numbers, zeros, NaN and padding.
var numberFaults = []fault{
	{
		"states leave as denormals", "Flush",
		"case leaves(f, v, ir.Next), ",
		"case leaves(f, v, ir.DPrev), ",
	},
	{
		"cotangents of slots leave as denormals", "Flush",
		"case leaves(f, v, ir.DSlot), ",
		"case ",
	},
	{
		"cotangents of inputs leave as denormals", "Flush",
		", leaves(f, v, ir.DGiven):",
		":",
	},
	{
		"cotangents enter as denormals", "pass.entering",
		"ir.DNext, ",
		"",
	},
	{
		"the first of two zeros is the larger", "Vector.max",
		"y := v.atLeast(x[1], x[0])",
		"y := v.atLeast(x[0], x[1])",
	},
	{
		"NaN as it comes in AVX-512", "fixNaN",
		"fixNaN = arg{bits: 0x11111133}",
		"fixNaN = arg{bits: 0x11111111}",
	},
	{
		"NaN as it comes in AVX2", "Vector.flushAVX2",
		"v.VBLENDVPS(isNaN, v.register(nan), y, y)",
		"v.VORPS(isNaN, y, y)",
	},
	{
		"a bound twice as large in AVX2", "Vector.trimAVX2",
		"op.Tiny) - 1",
		"2*op.Tiny) - 1",
	},
	{
		"x enters as it is", "Workspace.flushedInput",
		"if ws.tiny.Load() {",
		"if false {",
	},
	{
		"only the first part of x is looked at", "Workspace.flushInput",
		"ws.findTiny(part*inputPart, min(n, (part+1)*inputPart))",
		"ws.findTiny(0*part, inputPart)",
	},
	{
		"a tiny number in the last vector is not found", "lanes.anyTiny",
		"x = x[vectors*int(n):]",
		"x = x[min(len(x), (vectors+1)*int(n)):]",
	},
	{
		"cotangents of the last state are no reason to go back", "Workspace.findPadding",
		"if !ds.anyOf(row) {",
		"if true {",
	},
	{
		"padding of one step less", "Workspace.findPadding",
		"ws.ends[row] = end",
		"ws.ends[row] = min(ws.steps, end+1)",
	},
	{
		"padding in gradients of weights", "Layer.transpose",
		"ws.clearPaddedColumns(to)",
		"_ = to",
	},
	{
		"padding in cotangents of states", "Workspace.clearPadding",
		"ws.clearPaddedRows(t, b, call.DPrev[i], units, s.padded)",
		"_ = i",
	},
	{
		"rows that nobody wants in gradients of a projection", "Dense.backward",
		"clearUnwanted(xt, dyRows.Block(i, n))",
		"",
	},
	{
		"NaN of gradients as it comes", "sameNaNs",
		"row[j] = matrix.NaN",
		"row[j] = v",
	},
	{
		"a mean fades to a denormal", "faded",
		"return !matrix.Counts(mean)",
		"return !matrix.Counts(1 + mean*mean)",
	},
}
