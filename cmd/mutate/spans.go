package main

// spanFaults are those of layers that go row by row or block by block, of workspaces for
// inference, and of results that kernels write where the caller wants them.
var spanFaults = []fault{
	{
		"every row has the tiles of the first", "Workspace.tileRow",
		"(t*ws.batch+b.row)*s.blocks",
		"t*ws.batch*s.blocks",
	},
	{
		"every row has the saved values of the first", "Workspace.inOrder",
		"(t*ws.batch+b.row)*w.blocks",
		"t*ws.batch*w.blocks",
	},
	{
		"rows of a block's tiles follow each other", "Workspace.allRows",
		"stride *= s.blocks",
		"stride *= 1",
	},
	{
		"padding of the first row", "Workspace.clearPaddedRows",
		"ws.ends[b.row:]",
		"ws.ends[0*b.row:]",
	},
	{
		"padded lanes of a call's first block are cleared", "Layer.backwardBlocks",
		"call.DTile[len(call.DTile)-size:]",
		"call.DTile[:size]",
	},
	{
		"the first block alone goes back where kernels take one", "Layer.backwardBlocks",
		"b.first + i, 1}",
		"b.first + 0*i, 1}",
	},
	{
		"numbers of a row are taken for several blocks", "layout.alikeBlocks",
		"return l.values[i].scalar",
		"return i < 0 && l.values[i].scalar",
	},
	{
		"steps that begin with the last block skip some", "core.forwardRange",
		"b.first += r.n",
		"b.first += 0 * r.n",
	},
	{
		"the bias of a block in its first row alone", "core.setTiles",
		"\t\tsetBeside(part.Block(1, rows-1), part.Row(0), 0, 0)\n",
		"\t\tsetBeside(part.Block(1, 0), part.Row(0), 0, 0)\n",
	},
	{
		"every product begins with the bias", "core.startTiles",
		"if i == 0 {",
		"if i >= 0 {",
	},
	{
		"slots before the first product's are as they were", "setBeside",
		"if first > 0 {",
		"if first < 0 {",
	},
	{
		"one row: tiles of the first step", "Layer.addProducts",
		"[t*p.stage.blocks*width:]",
		"[0*t:]",
	},
	{
		"one place for the states of inference", "Workspace.valueStep",
		"return t & 1",
		"return t & 0",
	},
	{
		"a state that Backward needs is in y alone", "Workspace.yields",
		"ws.inference && !c.state",
		"!c.state",
	},
	{
		"what later stages read is not kept", "Workspace.passing",
		"len(s.stages) == 1 && ",
		"",
	},
	{
		"batched stages save one step", "Workspace.savedAt",
		"ws.inference && !s.batched",
		"ws.inference",
	},
	{
		"states of all steps for inference", "Workspace.forwardArrays",
		"depth = 2",
		"depth += 0",
	},
	{
		"saved values of all steps for inference", "Workspace.forwardArrays",
		"!class.batched {\n\t\t\tdepth = 1",
		"!class.batched {\n\t\t\tdepth += 0",
	},
	{
		"Backward after inference", "Layer.checkBackward",
		"if ws.inference {",
		"if ws.inference && ws.held {",
	},
	{
		"dx overwrites x before kernels read it", "Workspace.writesInput",
		"ws.dx != nil && ws.held",
		"ws.dx != nil",
	},
	{
		"products in cotangents of an input are dropped", "layout.writes",
		"len(v.uses) == 0 && ",
		"",
	},
	{
		"dx is computed once more between steps", "Layer.backwardSteps",
		"!ws.writesInput(0) && ",
		"",
	},
	{
		"cotangents beside x are computed once more", "Layer.inputGradients",
		"if ws.writesInput(i) {",
		"if i == 0 && ws.writesInput(i) {",
	},
	{
		"cotangents of an input where another's are", "Workspace.dinputRows",
		"ws.dgiven[i-1]",
		"ws.dgiven[max(0, i-2)]",
	},
	{
		"gradients of scalars of the call before", "Layer.vectorGradients",
		"\t\t\tclear(to)\n",
		"\t\t\t_ = to\n",
	},
	{
		"all blocks of a call have the vectors of the first", "Workspace.run",
		"len(s.Vectors)*kernel.Units",
		"0*len(s.Vectors)",
	},
	{
		"the first panels again after a megabyte", "microKernels.panels",
		"b.block(i*a.Cols, n*a.Cols)",
		"b.block(0, n*a.Cols)",
	},
	{
		"tails of the first panel for all", "microKernels.panelTails",
		"b.block(p*a.Cols, a.Cols)",
		"b.block(0, a.Cols)",
	},
	{
		"rows of A without what lies between", "microKernels.somePanels",
		"&a.Data[0], 4*a.Stride",
		"&a.Data[0], 4*a.Cols",
	},
	{
		"every 256 terms begin with the bias", "microKernels.product",
		"\t\tfrom = c\n",
		"",
	},
	{
		"no terms, no bias", "microKernels.product",
		"\t\tcopyRows(c, from)\n",
		"",
	},
}
