package main

// runtimeFaults are those of layers, products and weights, and of the command.
var runtimeFaults = []fault{
	{
		"the input of the first steps for all", "Layer.forwardBlock",
		"if t%ws.hoist == 0 {\n\t\tl.startTiles",
		"if t == 0 {\n\t\tl.startTiles",
	},
	{
		"every step begins with h_0", "Layer.forwardBlock",
		"mulAdd(l.h.columns(tile), ws.hidden(t, 1)",
		"mulAdd(l.h.columns(tile), ws.hidden(0, 1)",
	},
	{
		"every step begins with c_0", "Layer.forwardBlock",
		"ws.units(ws.c, t, block), ws.savedAt",
		"ws.units(ws.c, 0, block), ws.savedAt",
	},
	{
		"bias of the first slot alone", "Layer.setBias",
		"BlockUnits:], bias)",
		"BlockUnits:], bias[:BlockUnits])",
	},
	{
		"the last unit of a block is not in y", "Layer.unpadBlock",
		"min(BlockUnits, l.hidden-first)",
		"min(BlockUnits-1, l.hidden-first)",
	},
	{
		"Backward after Step", "Layer.run",
		"ws.held = false",
		"ws.held = ws.held || false",
	},
	{
		"a step more than there is room for", "Layer.checkForward",
		"steps > ws.capacity",
		"steps > ws.capacity+1",
	},
	{
		"dc of the call before", "Layer.Backward",
		"clear(ws.dh)\n\tclear(ws.dc)",
		"clear(ws.dh)",
	},
	{
		"dy of the first step dropped", "Layer.backwardStep",
		"if ws.dy != nil {\n\t\tsize",
		"if ws.dy != nil && t > 0 {\n\t\tsize",
	},
	{
		"dh adds up over steps", "Layer.backwardStep",
		"if t < ws.steps-1 {\n\t\tclearRows(dh)",
		"if t < ws.steps-1 {",
	},
	{
		"dU dropped", "Layer.weightGradients",
		"\tmulAdd(panel(l.h, g.u, block, l.hidden), ws.transposed(ws.ht, l.hidden), recurrent)\n",
		"",
	},
	{
		"db dropped", "Layer.weightGradients",
		"if l.cell.Bias() {",
		"if !l.cell.Bias() {",
	},
	{
		"padding is in gradients", "Layer.backwardStep",
		"if block == l.blocks-1 {",
		"if block == l.blocks {",
	},
	{
		"dx is not overwritten", "Layer.inputGradient",
		"\tclearRows(dx)\n",
		"",
	},
	{
		"dU with h_t, not h_{t-1}", "Layer.transposeRecurrent",
		"ws.hidden(0, ws.steps).columns",
		"ws.hidden(1, ws.steps).columns",
	},
	{
		"the last block of a group left out", "group.blocks",
		"wholeBlocks(g.first+g.units) / BlockUnits",
		"(g.first + g.units) / BlockUnits",
	},
	{
		"the last unit of a group left out", "groupOf",
		"min(groupUnits, n-first)",
		"min(groupUnits, max(1, n-first-1))",
	},
	{
		"a leaf in two slots", "side.checkLeaves",
		"leaf >= n || seen[leaf]",
		"leaf >= n",
	},
	{
		"panels of groups overlap", "panelTransposed",
		"(g.first*blocks + block*stride) * rows",
		"(g.first + block*stride) * rows",
	},
	{
		"states padded to no whole blocks", "layout.pad",
		"clear(padded[n:l.padded])\n\t\tpadded, states = padded[l.padded:]",
		"clear(padded[n:l.padded])\n\t\tpadded, states = padded[l.hidden:]",
	},
	{
		"weights unit by unit, not leaf by leaf", "exchange.pairs",
		"leaf*m.hidden+unit",
		"unit*m.cell.Leaves()+leaf",
	},
	{
		"the last of merged leaves alone", "Layer.Import",
		"m.panel[p] += m.external[e]",
		"m.panel[p] = m.external[e]",
	},
	{
		"merged leaves exported twice", "Layer.Export",
		"m.pairs(firsts(m.side.leaves))",
		"m.pairs(m.side.leaves)",
	},
	{
		"initial recurrent weights of another size", "Layer.newGlorot",
		"l.hidden), l.hidden, l.hidden)\n",
		"l.hidden), 9*l.hidden, l.hidden)\n",
	},
	{
		"workers do not wait", "team.wait",
		"t.waiting.Add(1) == int64(t.size)",
		"t.waiting.Add(1) > 0",
	},
	{
		"a worker's panic is forgotten", "team.fail",
		"t.failed = with\n",
		"t.failed = nil\n",
	},
	{
		"a phase that failed is waited for", "team.wait",
		"if t.broken.Load() {\n\t\t\tpanic",
		"if false {\n\t\t\tpanic",
	},
	{
		"a call returns while helpers are active", "team.run",
		"t.join()\n",
		"\n",
	},
	{
		"a helper that lingers is counted on, and leaves", "team.linger",
		"if take(&t.idle) {\n\t\treturn false",
		"if take(&t.idle) || true {\n\t\treturn false",
	},
	{
		"helpers outlive their caller's panic", "team.run",
		"\t\t\tt.fail(errAbandoned)\n",
		"\t\t\treturn\n",
	},
	{
		"parts claimed before a panic stay claimed", "team.run",
		"t.start() // a panic",
		"// a panic",
	},
	{
		"the forward is held that dx overwrote", "Layer.Backward",
		"ws.held = !overlap(dx, ws.x)",
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
		"the last part is nobody's", "team.parts",
		"part >= end {",
		"part >= end-1 {",
	},
	{
		"the first 256 terms again", "tiles.product",
		".columns(l, n), b.block(l, n))",
		".columns(0, n), b.block(l, n))",
	},
	{
		"rows left over not transposed", "transposeStripes",
		"for i := 0; i < m.rows; i += tall {",
		"for i := 0; i+tall <= m.rows; i += tall {",
	},
	{
		"columns left over not transposed", "transposeStripes",
		"for j := 0; j < m.cols; {",
		"for j := 0; j+wide <= m.cols; {",
	},
	{
		"sums of rows overwritten", "addElements",
		"row[j] += v",
		"row[j] = v",
	},
	{
		"rows of terms as far apart as of sums", "adder.add",
		"(*float32)(from), 4*m.stride",
		"(*float32)(from), 4*sum.stride",
	},
	{
		"no bias", "Dense.Forward",
		"copy(y[i*d.output:(i+1)*d.output], d.bias)",
		"clear(y[i*d.output : (i+1)*d.output])",
	},
	{
		"no gradient of the bias", "Dense.Backward",
		"\taddRows(g.bias, dyRows)\n",
		"",
	},
	{
		"dx is not overwritten", "Dense.Backward",
		"\t\tclear(dx)\n",
		"",
	},
	{
		"sizes overflow", "count",
		"high, low := bits.Mul64(n, uint64(size))\n\t\tif size < 0 || high != 0 || low",
		"_, low := bits.Mul64(n, uint64(size))\n\t\tif size < 0 || low",
	},
	{
		"no rows at all", "checkRows",
		"if got > 0 && got%row == 0 {",
		"if got%row == 0 {",
	},
	{
		"Adam without its correction", "Adam.Step",
		"(1 - math.Pow(o.Beta2, t))",
		"(1 - o.Beta2)",
	},
	{
		"softmax alone for a gradient", "SoftmaxCrossEntropy",
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
		"a file is written in place", "newReplacement",
		"r.file, err = os.CreateTemp(filepath.Dir(r.path), \".cellgen-*\")",
		"r.file, err = os.Create(r.path)",
	},
	{
		"files are replaced one by one", "replaceFiles",
		"\t\t\twritten = append(written, r)\n\t\t\terr = r.write(f.Data)\n",
		"\t\t\tif err = r.write(f.Data); err != nil {\n\t\t\t\tos.Remove(r.temporary)\n\t\t\t} else if err = os.Rename(r.temporary, r.path); err == nil {\n\t\t\t\terr = syncFolder(filepath.Dir(r.path))\n\t\t\t}\n",
	},
	{
		"a file is not synced", "replacement.write",
		"r.file.Sync(), ",
		"",
	},
	{
		"its folder is not synced", "syncFolder",
		"_ = d.Sync()",
		"_ = d",
	},
	{
		"an error of the disk is ignored", "replacement.write",
		"_, err := r.file.Write(data)\n",
		"_, err := r.file.Write(data)\n\terr = nil\n",
	},
	{
		"a temporary file is left", "replaceFiles",
		"os.Remove(r.temporary)",
		"os.Stat(r.temporary)",
	},
	{
		"a file of somebody else is overwritten", "output.write",
		"!gen.IsGenerated(old) && !force",
		"!gen.IsGenerated(old) && force",
	},
}
