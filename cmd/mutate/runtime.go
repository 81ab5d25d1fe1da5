package main

// runtimeFaults are those of layers, products and weights, and of the command.
var runtimeFaults = []fault{
	{
		"the input of the first steps for all", "core.forwardBlocks",
		"at == 0 && b.row == 0",
		"t == 0 && b.row == 0",
	},
	{
		"every step begins with h_0", "Workspace.addProduct",
		"ws.rows(p.of, t, 1)",
		"ws.rows(p.of, 0, 1)",
	},
	{
		"every step begins with c_0", "core.forwardKernel",
		"ws.stateRows(i, t)",
		"ws.stateRows(i, 0)",
	},
	{
		"bias of the first slot alone", "core.setBias",
		"copy(to, bias)",
		"copy(to, bias[:min(kernel.Units, len(bias))])",
	},
	{
		"the last unit of a block is not in y", "width.unpadBlocks",
		"min(b.n*kernel.Units, w.units-first)",
		"min(b.n*kernel.Units-1, w.units-first)",
	},
	{
		"Backward after Step", "core.run",
		"ws.held = false",
		"ws.held = ws.held || false",
	},
	{
		"a step more than there is room for", "core.checkForward",
		"steps > ws.maxSteps",
		"steps > ws.maxSteps+1",
	},
	{
		"kernels take all rows that there is room for", "Workspace.rowsOf",
		"b.n * ws.batch",
		"b.n * ws.maxBatch",
	},
	{
		"no room for the inputs of fewer rows", "Workspace.hoistedRows",
		"max(ws.maxBatch, hoistRows)",
		"ws.maxBatch",
	},
	{
		"dc of the call before", "Layer.Backward",
		"clear(ws.cotangents[i])",
		"if ds != nil {\n\t\t\tclear(ws.cotangents[i])\n\t\t}",
	},
	{
		"dy of the first step dropped", "Layer.completeState",
		"ws.dy != nil && t >= 0 {",
		"ws.dy != nil && t > 0 {",
	},
	{
		"dh adds up over steps", "Layer.completeState",
		"\t\t\tmatrix.Clear(d)\n",
		"",
	},
	{
		"dU dropped", "Layer.weightGradients",
		"\t\tgemm.MulAdd(d, ws.sequence(p.of), p.columns(dtiles))\n",
		"\t\tif p.of < l.stateAt() {\n\t\t\tgemm.MulAdd(d, ws.sequence(p.of), p.columns(dtiles))\n\t\t}\n",
	},
	{
		"db dropped", "Layer.weightGradients",
		"\t\tgemm.AddRows(b.Data, p.columns(dtiles))\n",
		"",
	},
	{
		"padding is in gradients", "Layer.backwardBlocks",
		"if b.first+b.n == s.blocks {",
		"if b.first+b.n > s.blocks {",
	},
	{
		"dx is not overwritten", "Layer.inputGradient",
		"\tmatrix.Clear(dx)\n",
		"",
	},
	{
		"dU with h_t, not h_{t-1}", "Layer.transpose",
		"ws.rows(at.value, 0, ws.steps)",
		"ws.rows(at.value, map[bool]int{true: 1}[at.value >= l.stateAt() && at.value < l.operandAt()], ws.steps)",
	},
	{
		"the last block of a group left out", "group.blocks",
		"wholeBlocks(g.units) / kernel.Units",
		"g.units / kernel.Units",
	},
	{
		"the last unit of a group left out", "groupOf",
		"min(groupUnits, n-first)",
		"min(groupUnits, max(1, n-first-1))",
	},
	{
		"a parameter in two slots", "layout.house",
		"if l.place[i].home >= 0 {\n\t\t\t\treturn",
		"if l.place[i].home > len(l.homes) {\n\t\t\t\treturn",
	},
	{
		"panels of groups overlap", "Workspace.panelTransposed",
		"(g.first*p.stage.blocks + block*stride) * rows",
		"(g.first + block*stride) * rows",
	},
	{
		"states padded to no whole blocks", "width.pad",
		"padded, rows = padded[w.padded:], rows",
		"padded, rows = padded[w.units:], rows",
	},
	{
		"weights unit by unit, not leaf by leaf", "layout.outside",
		"l.ordinal[param] * l.hidden, l.leaves[of] * l.hidden, 1}",
		"l.ordinal[param], l.leaves[of] * l.hidden, l.leaves[of]}",
	},
	{
		"the last of merged leaves alone", "exchange.enter",
		"v += *o",
		"v = *o",
	},
	{
		"merged leaves exported twice", "exchange.leave",
		"} else if i == 0 {",
		"} else if i >= 0 {",
	},
	{
		"initial recurrent weights of another size", "initial.Glorot",
		"glorotLimit(float64(fanIn), ",
		"glorotLimit(9*float64(fanIn), ",
	},
	{
		"workers do not wait", "Team.wait",
		"t.waiting.Add(1) == int64(t.size)",
		"t.waiting.Add(1) > 0",
	},
	{
		"a worker's panic is forgotten", "Team.fail",
		"t.failed = with\n",
		"t.failed = nil\n",
	},
	{
		"a phase that failed is waited for", "Team.wait",
		"if t.broken.Load() {\n\t\t\tpanic",
		"if false {\n\t\t\tpanic",
	},
	{
		"a call returns while helpers are active", "Team.Run",
		"t.join()\n",
		"\n",
	},
	{
		"a helper that lingers is counted on, and leaves", "Team.linger",
		"if take(&t.idle) {\n\t\treturn false",
		"if take(&t.idle) || true {\n\t\treturn false",
	},
	{
		"helpers outlive their caller's panic", "Team.Run",
		"\t\t\tt.fail(ErrAbandoned)\n",
		"\t\t\treturn\n",
	},
	{
		"parts claimed before a panic stay claimed", "Team.Run",
		"t.start() // a panic",
		"// a panic",
	},
	{
		"the forward is held that dx overwrote", "Layer.Backward",
		"ws.held = !check.Overlap(dx, ws.x)",
		"ws.held = true",
	},
	{
		"some of a kernel's rows are not checked", "checkAllRows",
		"uint64(rows-1), uint64(stride)",
		"uint64(max(0, rows-2)), uint64(stride)",
	},
	{
		"a kernel's sizes overflow", "checkAllRows",
		"high, last := bits.Mul64(uint64(rows-1), uint64(stride))\n\tif high != 0 || last",
		"_, last := bits.Mul64(uint64(rows-1), uint64(stride))\n\tif last",
	},
	{
		"the last part is nobody's", "Team.Parts",
		"part >= end {",
		"part >= end-1 {",
	},
	{
		"the first 256 terms again", "microKernels.product",
		".Columns(l, n), b.block(l, n))",
		".Columns(0, n), b.block(l, n))",
	},
	{
		"rows left over not transposed", "transposeStripes",
		"for i := 0; i < m.Rows; i += tall {",
		"for i := 0; i+tall <= m.Rows; i += tall {",
	},
	{
		"columns left over not transposed", "transposeStripes",
		"for j := 0; j < m.Cols; {",
		"for j := 0; j+wide <= m.Cols; {",
	},
	{
		"sums of rows overwritten", "addElements",
		"row[j] += v",
		"row[j] = v",
	},
	{
		"rows of terms as far apart as of sums", "adder.add",
		"(*float32)(from), 4*m.Stride",
		"(*float32)(from), 4*sum.Stride",
	},
	{
		"no bias", "Dense.forward",
		"copy(y[i*d.output:(i+1)*d.output], d.bias)",
		"clear(y[i*d.output : (i+1)*d.output])",
	},
	{
		"no gradient of the bias", "Dense.backward",
		"\tgemm.AddRows(bias, dyRows)\n",
		"",
	},
	{
		"dx is not overwritten", "Dense.backward",
		"\tclear(dx)\n",
		"",
	},
	{
		"sizes overflow", "check.Count",
		"high, low := bits.Mul64(n, uint64(size))\n\t\tif size < 0 || high != 0 || low",
		"_, low := bits.Mul64(n, uint64(size))\n\t\tif size < 0 || low",
	},
	{
		"no rows at all", "check.Rows",
		"err == nil && row > 0 && got > 0 && got%row == 0",
		"err == nil && row > 0 && got%row == 0",
	},
	{
		"Adam without its correction", "Adam.numbers",
		"(1 - math.Pow(o.Beta2, t))",
		"(1 - o.Beta2)",
	},
	{
		"softmax alone for a gradient", "softmaxCrossEntropy",
		"\t\t\t\tp--\n",
		"\t\t\t\tp -= 0\n",
	},
	{
		"norm of the last gradient alone", "ClipGradients",
		"sum += float64(g)",
		"sum = float64(g)",
	},
	{
		"halves that are infinite", "halves",
		"if !h.IsFinite() {",
		"if h.IsNaN() {",
	},
	{
		"a file is written in place", "replace.Create",
		"f.file, err = os.CreateTemp(filepath.Dir(f.path), temporary)",
		"f.file, err = os.Create(f.path)",
	},
	{
		"files are replaced one by one", "replaceFiles",
		"\t\t\twritten = append(written, r)\n\t\t\terr = r.write(f.Data)\n",
		"\t\t\tif err = r.write(f.Data); err != nil {\n\t\t\t\tr.remove()\n\t\t\t} else if err = r.Rename(); err == nil {\n\t\t\t\terr = r.SyncFolder()\n\t\t\t}\n",
	},
	{
		"a file is not synced", "File.Finish",
		"f.file.Sync(), ",
		"",
	},
	{
		"its folder is not synced", "File.SyncFolder",
		"_ = d.Sync()",
		"_ = d",
	},
	{
		"an error of the disk is ignored", "replace.File.Write",
		"return n, cause(err)",
		"_, _ = n, err\n\treturn len(data), nil",
	},
	{
		"a temporary file is left", "replaceFiles",
		"_ = r.remove()",
		"_ = r",
	},
	{
		"a file of somebody else is overwritten", "output.write",
		"!gen.IsGenerated(old) && !force",
		"!gen.IsGenerated(old) && force",
	},
}
