package main

// onnxFaults are in how cells and stacks become ONNX models.
var onnxFaults = []fault{
	{
		"ONNX has lowerings first", "Op.Foreign",
		"[]*Expr{o.ONNX, o.Meaning, o.Lowering}",
		"[]*Expr{o.Lowering, o.Meaning, o.ONNX}",
	},
	{
		"erf of x√2", "op.functions",
		"num(math.Sqrt2/2)",
		"num(math.Sqrt2)",
	},
	{
		"ONNX's choices swapped", "op.primitives",
		`onnx("Where", onnx("Less", x0, x1), x2, x3)`,
		`onnx("Where", onnx("Less", x0, x1), x3, x2)`,
	},
	{
		"names are unique in one graph alone", "verifier.graph",
		"v.names[name], defined[name] = true, true",
		"defined[name] = true",
	},
	{
		"a body reads nothing around it", "verifier.graph",
		"v.graph(body, defined)",
		"v.graph(body, nil)",
	},
	{
		"big-endian weights", "onnx.Tensor.marshal",
		"binary.LittleEndian.AppendUint32",
		"binary.BigEndian.AppendUint32",
	},
	{
		"an operator only by its name", "export.computed",
		`bare.Name = ""`,
		`_ = bare.Name`,
	},
	{
		"an operator only in one order of parameters", "export.computed",
		"slices.Sort(lines[first:last])",
		"slices.Sort(lines[first:first])",
	},
	{
		"the other GRU", "export.operator",
		`cell == "gru"`,
		`cell == "grubefore"`,
	},
	{
		"both directions are forward", "stack.bidirectional",
		"i == 1",
		"i == 2",
	},
	{
		"weights of any shape", "export.Import",
		"!slices.Equal(shape, p.Shape)",
		"len(shape) != len(p.Shape)",
	},
	{
		"what the layer lacks is left out", "export.superfluous",
		"if ok && ",
		"if !ok && ",
	},
}
