package main

// modelFaults are in stacks, in what is served, in weights of other frameworks, and in how weights
// begin.
var modelFaults = []fault{
	// runtime/weights
	{
		"gates of PyTorch in Keras' places", "weights.layouts",
		`torch("i f g o", "bi bf bg bo", "bi bf bg bo")},`,
		`torch("i g f o", "bi bf bg bo", "bi bf bg bo")},`,
	},
	{
		"PyTorch's reset gate outside", "weights.layouts",
		`torch("r z n", "br bz bn", "br bz cn")`,
		`torch("r z n", "br bz cn", "br bz bn")`,
	},
	{
		"the number that TensorFlow adds to a bias is forgotten", "weights.plus",
		"map[string]float32{block: v}",
		"map[string]float32{block: 0 * v}",
	},
	{
		"columns as rows", "entry.views",
		"if e.columns {",
		"if e.columns && e.directions {",
	},
	{
		"the input width of a kernel with recurrent rows", "weights.layout.solve",
		"s.input -= s.output",
		"s.input -= s.hidden",
	},
	{
		"a tensor may have any shape", "weights.layout.solve",
		"given && !slices.Equal",
		"given && e.directions && !slices.Equal",
	},
	{
		"the backward layer is the forward one", "source.shapesOf",
		"direction = shape[0] - 1",
		"direction = 0",
	},
	{
		"one of several layers", "source.locate",
		"switch len(complete) {",
		"switch min(len(complete), 1) {",
	},
	{
		"tensors of another cell are overlooked", "source.checkSiblings",
		"; ok {",
		"; ok && at.Layer < 0 {",
	},
	{
		"directions in the order of layers", "weights.Write",
		"if other.At.Reverse {",
		"if layer.At.Reverse {",
	},
	{
		"sums are kept though they have changed", "weights.Layer.restore",
		"!f.isSum(v.block) || !slices.EqualFunc(was.Params[v.block], l.Params[v.block], equalBits)",
		"!f.isSum(v.block)",
	},

	// runtime/onnx, and nodes
	{
		"any number of graphs", "onnx.New",
		"graphs != 1",
		"graphs < 1",
	},
	{
		"two tensors with one name", "onnx.File.add",
		"case twice:",
		"case twice && name != \"\":",
	},
	{
		"constants are not tensors", "onnx.File.readGraph",
		"return f.add(literal, n.Outputs[0])",
		"_ = literal",
	},
	{
		"tensors in files of their own", "constant.values",
		"if t.external {",
		"if t.external && t.raw != nil {",
	},
	{
		"more numbers than a shape has", "constant.values",
		"len(data) != n*t.number.Size",
		"len(data) < n*t.number.Size",
	},
	{
		"halves read as wide numbers", "constant.values",
		"t.number.Size == 2",
		"t.number.Size == 8",
	},
	{
		"packed numbers that end early", "eachVarint",
		"if n < 0 {",
		"if n < -100 {",
	},
	{
		"negative dimensions", "readTensor",
		"size > math.MaxInt || ",
		"",
	},
	{
		"activations are not looked at", "checkNode",
		"name != want[i%len(want)]",
		"name == want[i%len(want)]+want[0]",
	},
	{
		"the reset gate before the product, as after it", "checkNode",
		`case f.cell == "gru" && !after:`,
		`case f.cell == "gru" && after && !after:`,
	},
	{
		"one of several nodes", "findNode",
		`name == "" && len(all) > 1`,
		`name != "" && len(all) > 1`,
	},

	// runtime/serve
	{
		"the states of sessions are mixed up", "serve.Batcher.compute",
		"b.batch[i].state.Gather(rows, b.places[i:i+1])",
		"b.batch[i].state.Gather(rows, b.places[:1])",
	},
	{
		"sessions have the first's results", "serve.Batcher.step",
		"copy(s.y, b.y[i*b.model.Output:])",
		"copy(s.y, b.y[0*i:])",
	},
	{
		"results of a step that failed", "serve.Batcher.compute",
		"i < n && r.err == nil; i++",
		"i < n; i++",
	},
	{
		"a batch does not wait", "queue.full",
		"n >= min(q.most, q.open)",
		"n >= min(q.most, 1)",
	},
	{
		"a session that closes is waited for", "queue.exit",
		"q.look()",
		"_ = q",
	},
	{
		"a step that is cancelled stays in the queue", "queue.remove",
		"q.waiting = slices.Delete(q.waiting, at, at+1)",
		"_ = q.waiting",
	},
	{
		"a closed queue takes steps", "queue.add",
		"if q.closed {",
		"if q.closed && q.gathering {",
	},
	{
		"those that wait are not told of the end", "queue.next",
		"s.done <- result{err: ErrClosed}",
		"_ = s",
	},
	{
		"a token that is not in the vocabulary", "Session.StepToken",
		"token >= m.Input",
		"token > m.Input",
	},
	{
		"a model's panic is lost", "Session.step",
		"panic(r.failed)",
		"return nil",
	},

	// runtime/nn, stacks
	{
		"lengths do not count as steps", "nn.Workspace.forward",
		"uint64(ws.lengths.Of(row, ws.steps))",
		"uint64(ws.steps)",
	},
	{
		"y beyond the end of a row", "nn.Workspace.forward",
		"ws.clearEnds(a.y, ws.stack.output())",
		"ws.clearEnds(a.y[:0], 0)",
	},
	{
		"dy beyond the end of a row", "nn.Workspace.wanted",
		"ws.clearEnds(above, ws.stack.output())",
		"ws.clearEnds(above, 0)",
	},
	{
		"a head without the sequences", "nn.State.Head",
		"sequences: s.sequences[:rows]",
		"sequences: make([]sequence, rows)",
	},
	{
		"rows gathered keep their masks", "nn.State.Gather",
		"s.sequences[i] = from.sequences[row]",
		"_, _ = i, row",
	},
	{
		"the second layer goes forward, too", "nn.Workspace.eachReversed",
		"(n-1-t)*ws.batch+row",
		"t*ws.batch+row",
	},
	{
		"masks of the state before are the same for all layers", "nn.builder.newRecurrent",
		"b.masks++",
		"b.masks += 0",
	},
	{
		"a residual without x", "residualWork.forward",
		"addTo(y, x)",
		"addTo(y, y[:0])",
	},
	{
		"layers have one seed", "nn.builder.next",
		"uint64(1+b.layers)",
		"uint64(1+0*b.layers)",
	},
	{
		"a stack with backward layers takes steps", "stackCore.countSteps",
		`a.step && k.whole != ""`,
		`a.step && k.whole == "-"`,
	},
	{
		"a copy in half precision shares the embedding", "nn.embed.half",
		"cloned(of.table)",
		"of.table",
	},
	{
		"a copy in half precision keeps the layer in memory", "Layer.Half",
		"h.exposed = nil",
		"_ = h.exposed",
	},

	// initial weights
	{
		"one bias where PyTorch has two", "layout.partIn",
		"products++",
		"products = 1",
	},
	{
		"leaves that are summed are all drawn", "layout.parts",
		"parts[param].rest = i > 0",
		"parts[param].rest = i < 0",
	},
	{
		"each recurrent matrix is orthogonal alone", "layout.alike",
		"p.role == this.role && same && !p.rest",
		"i == param && (same || p == this)",
	},
	{
		"a product of what the step has computed has a matrix apart", "layout.partIn",
		"case p.of < l.operandAt() || ofInput:",
		"case p.of < l.operandAt():",
	},
	{
		"the cell's own constants are lost", "layout.drawBias",
		"l.Params[param].Initial.Name != kernel.Constant",
		"true",
	},
	{
		"a leaf's own initial values go first", "layout.override",
		"return len(l.called(b)) - len(l.called(a))",
		"return len(l.called(a)) - len(l.called(b))",
	},
	{
		"the fan-in of a Dense is its output", "nn.Dense.drawn",
		"math.Sqrt(float64(d.input))",
		"math.Sqrt(float64(d.output))",
	},
}
