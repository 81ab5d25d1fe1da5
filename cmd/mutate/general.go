package main

// generalFaults are those of layers of any cell: stages, shared and named parameters, vectors,
// widths and inputs beside x, and of the commands that take such cells.
var generalFaults = []fault{
	{
		"a mirror's gradient is dropped", "tied.addTo",
		"+= mirror[here]",
		"+= 0 * mirror[here]",
	},
	{
		"the gradient of a transposed mirror is not transposed", "tied.eachLane",
		"if t.flipped {",
		"if t.flipped && row < 0 {",
	},
	{
		"a mirror has the last of its sum", "tied.refresh",
		"panel[here] += values[there]",
		"panel[here] = values[there]",
	},
	{
		"a transposed home is copied as it is", "layout.mirror",
		"l.homes[at.home].transposed != p.transposed",
		"p.transposed",
	},
	{
		"a mirror of one block", "Workspace.refresh",
		"range ws.team.Parts(self, m.stage.blocks)",
		"range ws.team.Parts(self, 1)",
	},
	{
		"a mirror's gradients of the call before", "Layer.weightGradients",
		"\t\t\tmatrix.Clear(d)\n",
		"",
	},
	{
		"a batched stage skips the last step of a chunk", "core.forwardChunk",
		"{\n\t\t\tfor t := first; t < end; t++ {",
		"{\n\t\t\tfor t := first; t < end-1; t++ {",
	},
	{
		"cotangents of an operand add up over steps", "Layer.complete",
		"\t\tmatrix.Clear(d)\n",
		"",
	},
	{
		"cotangents of a step before the one that is known", "Layer.backwardBatched",
		"most = 1",
		"most = ws.hoist",
	},
	{
		"what kernels write of dx is dropped", "Layer.inputGradient",
		"gemm.AddTo(dx, matrix.Strided(rows, n*ws.batch, v.units, c.padded).Columns(g.first, g.units))",
		"if len(rows) == 0 {\n\t\t\t\tgemm.AddTo(dx, matrix.Strided(rows, n*ws.batch, v.units, c.padded).Columns(g.first, g.units))\n\t\t\t}",
	},
	{
		"the cotangent of a number is its first unit's", "Layer.numberGradient",
		"[row*c.padded:][:c.units] {",
		"[row*c.padded:][:1] {",
	},
	{
		"a scalar's gradient of the first unit alone", "Layer.scalarGradients",
		"ws.scalarSum(s.class, n, block) {",
		"ws.scalarSum(s.class, n, block)[:1] {",
	},
	{
		"scalars of two widths have one sum", "Workspace.scalarSum",
		"if other.scalars {",
		"if other.scalars && n < 0 {",
	},
	{
		"a scalar where a vector was", "Workspace.spreadVector",
		"Units:][:kernel.Units]\n\t\tif",
		"Units:][:kernel.Units-1]\n\t\tif",
	},
	{
		"the gradient of another vector", "Layer.vectorGradients",
		"(s.Slots+j)*kernel.Units",
		"(s.Slots+0*j)*kernel.Units",
	},
	{
		"the gradients of vectors of the first blocks", "Layer.vectorGradients",
		"rows := ws.dtile[s.index][b.first*width:]",
		"rows := ws.dtile[s.index][0*b.first*width:]",
	},
	{
		"cotangents of the output of the first step", "Workspace.outputCotangent",
		"ws.units(ws.dy, out.padded, t, b)",
		"ws.units(ws.dy, out.padded, 0*t, b)",
	},
	{
		"vectors of the first block", "Workspace.setReads",
		"[b.first*n : (b.first+b.n)*n]",
		"[:b.n*n]",
	},
	{
		"operands of the first step", "Workspace.setMore",
		"ws.operandStep(i, t), b)",
		"ws.operandStep(i, 0), b)",
	},
	{
		"padded rows of cotangents of inputs are kept", "Workspace.clearPadding",
		"ws.clearPaddedRows(t, b, call.DInputs[i], units, s.padded)",
		"_ = i",
	},
	{
		"batched stages carry the values of one step", "Workspace.carriedAt",
		"if !c.batched {",
		"if true {",
	},
	{
		"cotangents of a batched operand of one step", "Workspace.doperandStep",
		"\t\treturn t\n",
		"\t\treturn 0 * t\n",
	},
	{
		"cotangents of a delayed input of two steps", "Workspace.cotangentStep",
		"\t\treturn t\n",
		"\t\treturn t & 1\n",
	},
	{
		"cotangents of the output of the call before", "Workspace.outputCotangent",
		"\t\tmatrix.Clear(matrix.Strided(d, ws.arrayRows(), b.n*kernel.Units, out.padded))\n",
		"\t\tif t < 0 {\n\t\t\tmatrix.Clear(matrix.Strided(d, ws.arrayRows(), b.n*kernel.Units, out.padded))\n\t\t}\n",
	},
	{
		"an input beside x is the one before", "Workspace.inputRows",
		"from = ws.given[i-1]",
		"from = ws.given[max(0, i-2)]",
	},
	{
		"tiny numbers beside x enter as they are", "spread",
		"number = kernel.Flush(number)",
		"number += 0",
	},
	{
		"results overwrite inputs beside x", "Workspace.nameInputs",
		`check.Of("input "+in.Name, ws.given[i])`,
		`check.Of("input "+in.Name, nil)`,
	},
	{
		"the option for a width is ignored", "newWidths",
		"w.given[kernel.Dim(name)] = given[name]",
		"_ = w.given",
	},
	{
		"a width may be less than the cell wants", "widths.checkSizes",
		"given && have != want",
		"given && have > want",
	},
	{
		"the option for initial values is ignored", "newCore",
		"errors.Join(c.override(o.initials),",
		"errors.Join(c.override(nil),",
	},
	{
		"arguments of initial values are ignored", "layout.override",
		"l.Params[i].Initial, l.given[i] = initials[name], true",
		"l.Params[i].Initial.Name, l.given[i] = initials[name].Name, true",
	},
	{
		"a parameter enters another's columns", "paramOrder.slot",
		"at := o.place[o.param]",
		"at := place{o.home, 0}",
	},
	{
		"another of a sum is set", "paramOrder.enter",
		"if param == o.param {",
		"if param == e.params[0] {",
	},
	{
		"the others of a sum lose what they had", "paramOrder.enter",
		"\t\te.leave(inside)\n",
		"",
	},
	{
		"a transposed parameter is not", "layout.outside",
		"if h.transposed {",
		"if h.transposed && h.rows < 0 {",
	},
	{
		"a transposed parameter is drawn as it lies", "layout.draw",
		"if h.transposed {",
		"if h.transposed && h.rows < 0 {",
	},
	{
		"parameters that share values have gradients of their own", "Params.WithGradients",
		"first < i {",
		"first < 0 {",
	},
	{
		"what is shared is updated twice", "Params.Distinct",
		"p.index(param.Value, i) == i && !yield",
		"!yield",
	},
	{
		"a batched stage multiplies a state that it writes", "layout.checkBatched",
		"w.index >= s.index)",
		"w.index > s.index)",
	},
	{
		"stages of a width save different numbers", "layout.joinClass",
		"s.saved != s.Saved || ",
		"",
	},
	{
		"two stages write a state", "layout.describeWritten",
		"if v.writer != nil {",
		"if v.writer == s {",
	},
	{
		"an operand that is not written yet", "layout.describeProduct",
		"v.writer.index >= s.index {",
		"v.writer.index > s.index {",
	},
	{
		"a vector of another width", "layout.describeVectors",
		"len(p.Shape) != 1 || !l.same(p.Shape[0], c.root)",
		"len(p.Shape) != 1",
	},
	{
		"two stages write the cotangent of a state before", "layout.describeCotangents",
		"case v.dprev != nil:",
		"case v.dprev == s:",
	},
	{
		"a mirror has a part of a sum", "layout.mirror",
		"if !slices.Contains(sum, other) {",
		"if !slices.Contains(sum, other) && other < 0 {",
	},
	{
		"widths of a cell are not handed on", "Options.Sizes",
		"options = append(options, runtime.Width(name, units))",
		"_, _ = name, units",
	},
	{
		"a width that the cell wants equal is asked for", "Cell.Open",
		`if s.Equal == "" {`,
		`if s.Name != "" {`,
	},
	{
		"any other name is a file", "Find",
		"case IsFile(name):",
		`case name != "":`,
	},
	{
		"gradients of parameters are not compared", "cellVectors.wanted",
		"\t\tv.want.Gradients = append(v.want.Gradients, g)\n",
		"\t\tif g.Role != interp.Parameter {\n\t\t\tv.want.Gradients = append(v.want.Gradients, g)\n\t\t}\n",
	},
	{
		"states are not compared", "cellVectors.wanted",
		"\t\tv.want.States = append(v.want.States, s)\n",
		"\t\tv.want.States = append(v.want.States, out.States[i])\n",
	},
	{
		"vectors of another cell", "fields.isOf",
		"case value.text != strconv.Quote(definition.Name):",
		`case value.text == "":`,
	},
	{
		"widths of vectors that the cell fixes", "fields.checkEqual",
		"value.text != strconv.Itoa(in.Width(s.Name))",
		"value.text == strconv.Itoa(0)",
	},
}
