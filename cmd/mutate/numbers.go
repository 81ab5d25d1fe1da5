package main

// numberFaults break what is said of small numbers, zeros, NaN and padding.
var numberFaults = []fault{
	{
		"states leave as denormals", "carried",
		"r.Value == v && r.Port.Kind == ir.Next",
		"r.Value == v && r.Port.Kind == ir.DPrev",
	},
	{
		"cotangents enter as denormals", "carried",
		"return v.Port.Kind == ir.DNext",
		"return false",
	},
	{
		"the larger of two zeros has any sign", "positive",
		"return add(e, zero)",
		"return e",
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
		"a bound twice as large in AVX2", "Vector.flushAVX2",
		"op.Tiny) - 1",
		"2*op.Tiny) - 1",
	},
	{
		"x enters as it is", "Workspace.flushInput",
		"kernel.FlushTo(ws.inputs(t, ws.hoist).Data[first*width:end*width], x[first*width:end*width])",
		"copy(ws.inputs(t, ws.hoist).Data[first*width:end*width], x[first*width:end*width])",
	},
	{
		"the first rows of x alone are flushed", "Workspace.flushInput",
		"x := ws.in[t*ws.batch*width:]",
		"x := ws.in",
	},
	{
		"x of all steps is kept as of some", "Workspace.inputs",
		"if ws.backward == nil {",
		"if ws.backward != nil {",
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
		"padding in gradients of weights", "Workspace.transpose",
		"ws.clearPaddedColumns(to)",
		"_ = to",
	},
	{
		"padding in cotangents of states", "Layer.backwardBlock",
		"ws.clearPaddedRows(t, call.DPrev[i], kernel.Units, l.padded)",
		"_ = i",
	},
	{
		"rows that nobody wants in gradients of a projection", "Dense.Backward",
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
		"return -matrix.Tiny < mean && mean < matrix.Tiny",
		"return -matrix.Tiny < mean && mean < -matrix.Tiny",
	},
}
