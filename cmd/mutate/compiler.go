package main

// compilerFaults are those of the parser, the operators, the differentiator, the passes and the
// interpreter.
var compilerFaults = []fault{
	{
		"the first use alone has a gradient", "differentiator.accumulate",
		`contribution = d.Apply("", op.Add, sum, contribution)`,
		"contribution = sum",
	},
	{
		"the larger of two gradients, not the sum", "differentiator.accumulate",
		"op.Add, sum",
		"op.Max, sum",
	},
	{
		"values first to last", "Reverse",
		"for i := len(forward) - 1; i >= 0; i-- {",
		"for i := range forward {",
	},
	{
		"operands of derivatives swapped", "differentiator.value",
		"env[operands[i]] = a",
		"env[operands[len(v.Args)-1-i]] = a",
	},
	{
		"derivatives of operands swapped", "differentiator.value",
		"e := v.Op.Derivative[i]",
		"e := v.Op.Derivative[len(v.Args)-1-i]",
	},
	{
		"gradient of the second operand dropped", "differentiator.value",
		"for i, a := range v.Args {\n\t\tif d.widths",
		"for i, a := range v.Args[:1] {\n\t\tif d.widths",
	},
	{
		"an operand in place of the result", "differentiator.value",
		"op.Y: v, ",
		"op.Y: v.Args[0], ",
	},
	{
		"no chain rule", "differentiator.value",
		"op.DY: dv}",
		"op.DY: d.Const(1)}",
	},
	{
		"dc dropped", "Reverse",
		`d.accumulate(v, d.Input("d"+f.Owner(p), p.Kind.Cotangent(), p.Index))`,
		"if dv := d.Input(\"d\"+f.Owner(p), p.Kind.Cotangent(), p.Index); p.Index == 0 {\n\t\t\td.accumulate(v, dv)\n\t\t}",
	},
	{
		"1 for a gradient of nothing", "differentiator.cotangent",
		"return d.Const(0)",
		"return d.Const(1)",
	},
	{
		"dc_{t-1} is 0", "Reverse",
		"d.Return(d.cotangent(v), kind, v.Port.Index)",
		"dv := d.cotangent(v)\n\t\t\tif kind == ir.DPrev {\n\t\t\t\tdv = d.Const(0)\n\t\t\t}\n\t\t\td.Return(dv, kind, v.Port.Index)",
	},
	{
		"pre-activation in place of a value", "Spec.Lower",
		"act[n.Left], act[n.Right]",
		"pre[n.Left], act[n.Right]",
	},
	{
		"h before its activation", "Spec.Lower",
		"b.Return(act[c.Root()], ir.Next, stateH)",
		"b.Return(pre[c.Root()], ir.Next, stateH)",
	},
	{
		"c after its activation", "Spec.Lower",
		"b.Return(pre[c.CIdx], ir.Next, stateC)",
		"b.Return(act[c.CIdx], ir.Next, stateC)",
	},
	{
		"injection before the activation", "Spec.Lower",
		"c.Inject.Combine, act[k], cPrev",
		"c.Inject.Combine, pre[k], cPrev",
	},
	{
		"injection not activated", "Spec.Lower",
		`b.Apply("ainj", c.Inject.Activate, act[k])`,
		`b.Apply("ainj", op.Identity, act[k])`,
	},
	{
		"a leaf that is max has one slot", "cell.slots",
		"if n.Combine == op.Add {",
		"if n.Combine != op.Mul {",
	},
	{
		"other pairs of nodes", "New",
		"2*(k-leaves), 2*(k-leaves)+1",
		"k-leaves, k-leaves+1",
	},
	{
		"the two indices exchanged", "parse",
		"ops[nodes], cIdx, injIdx), nil",
		"ops[nodes], injIdx, cIdx), nil",
	},
	{
		"a test package is accepted", "CheckPackage",
		`strings.HasSuffix(name, "_test")`,
		`strings.HasSuffix(name, "_tests")`,
	},
	{
		"a directive in a doc is accepted", "CheckDoc",
		`strings.HasPrefix(word, "go:")`,
		`strings.HasPrefix(word, "go::")`,
	},
	{
		"factors of the product rule exchanged", "tokens",
		"mul(dy, x1), mul(dy, x0)",
		"mul(dy, x0), mul(dy, x1)",
	},
	{
		"tanh' = 1 - y", "tokens",
		"sub(one, mul(y, y))",
		"sub(one, y)",
	},
	{
		"sigmoid' = 1 - y", "tokens",
		"mul(dy, mul(y, sub(one, y)))",
		"mul(dy, sub(one, y))",
	},
	{
		"sin' = sin", "tokens",
		"Cos.Of(x)",
		"Sin.Of(x)",
	},
	{
		"relu' = 1", "tokens",
		"[]*Expr{mul(dy, Step.Of(y))}",
		"[]*Expr{dy}",
	},
	{
		"max gives the gradient to the second always", "tokens",
		"sub(dy, mul(dy, Wins.Of(x0, x1)))",
		"dy",
	},
	{
		"max is min", "tokens",
		"return larger(x[0], x[1])",
		"return min(x[0], x[1])",
	},
	{
		"relu is leaky", "tokens",
		"return larger(0, x[0])",
		"return larger(0.01*x[0], x[0])",
	},
	{
		"relu lowered to min", "tokens",
		"AtLeast.Of(x, zero)",
		"lesser(x, zero)",
	},
	{
		"sigmoid of negative numbers", "logistic",
		"return e / (1 + e)",
		"return 1 / (1 + e)",
	},
	{
		"difference with the gradients of a sum", "arithmetic",
		"Derivative: []*Expr{dy, neg(dy)}",
		"Derivative: []*Expr{dy, dy}",
	},
	{
		"quotient: sign", "arithmetic",
		"neg(div(mul(dy, y), x1))",
		"div(mul(dy, y), x1)",
	},
	{
		"exp' = 1", "arithmetic",
		"[]*Expr{mul(dy, y)}",
		"[]*Expr{dy}",
	},
	{
		"cos' = sin", "arithmetic",
		"neg(mul(dy, Sin.Of(x)))",
		"mul(dy, Sin.Of(x))",
	},
	{
		"relu'(0) = 1", "arithmetic",
		"heaviside(x[0], 0)",
		"heaviside(x[0], 1)",
	},
	{
		"the first of a tie takes all", "wins",
		"return 0.5",
		"return 1",
	},
	{
		"the same, lowered", "arithmetic",
		"add(add(num(0.5), nothing(x0)), nothing(x1))",
		"add(add(num(1), nothing(x0)), nothing(x1))",
	},
	{
		"a coefficient of expm1", "expm1",
		"0x1.5554a8p-1",
		"0x1.5564a8p-1",
	},
	{
		"exp: no integer", "exponential",
		"n := round(mul(x, num(log2e)))",
		"n := mul(x, num(log2e))",
	},
	{
		"sigmoid: branches exchanged", "sigmoid",
		"less(x, zero, e, one)",
		"less(x, zero, one, e)",
	},
	{
		"cos: sign", "cosine",
		"num(-1), num(2))",
		"num(1), num(-2))",
	},
	{
		"sin: a part of π", "halfTurns",
		"0x1.fap-11",
		"0x1.fbp-11",
	},
	{
		"0·x is x", "rules",
		"{op.Mul.Of(one, x), x,",
		"{op.Mul.Of(zero, x), x,",
	},
	{
		"x - 1 is x", "rules",
		"{op.Sub.Of(x, zero), x,",
		"{op.Sub.Of(x, one), x,",
	},
	{
		"a + -b is b - a", "rules",
		"{op.Add.Of(x, negY), op.Sub.Of(x, y),",
		"{op.Add.Of(x, negY), op.Sub.Of(y, x),",
	},
	{
		"a - -b is a - b", "rules",
		"{op.Sub.Of(x, negY), op.Add.Of(x, y),",
		"{op.Sub.Of(x, negY), op.Sub.Of(x, y),",
	},
	{
		"relu(tanh) is tanh", "pass.sigmoid",
		"op.Sigmoid.Of(x)",
		"op.Tanh.Of(x)",
	},
	{
		"1 - x is -x", "rules",
		"{op.Sub.Of(zero, x), negX,",
		"{op.Sub.Of(one, x), negX,",
	},
	{
		"every operator commutes", "keyOf",
		"if v.Op.Commutes {",
		"if v.Op.Arity == 2 {",
	},
	{
		"operators are not told apart", "keyOf",
		"k := key{op: v.Op}",
		"k := key{}",
	},
	{
		"constants are not told apart", "keyOf",
		"math.Float64bits(v.Const)",
		"math.Float64bits(v.Const) >> 63",
	},
	{
		"slots go too", "EliminateDead",
		"return !live[v] && v.Port.Kind != ir.SlotIn",
		"return !live[v]",
	},
	{
		"a leaf that is used elsewhere is merged", "MergeLeaves",
		"uses[a] != 1 || uses[b] != 1",
		"uses[a] != 1",
	},
	{
		"recurrent weights of a merged leaf lost", "MergeLeaves",
		"f.Slots[b.Port.Index].Terms)",
		"f.Slots[b.Port.Index].Terms[:1])",
	},
	{
		"slots after a merged one are off by one", "removeSlot",
		"v.Port.Index > i",
		"v.Port.Index > i+1",
	},
	{
		"a wrong value is saved", "cutter.cut",
		"Value: c.f.Values[k], Stage",
		"Value: c.f.Values[max(0, k-1)], Stage",
	},
	{
		"transcendentals are computed again", "Save",
		"v.Port.Kind == ir.SlotIn || v.Op != nil && v.Op.Transcendental() && primal[v]",
		"v.Port.Kind == ir.SlotIn",
	},
	{
		"work moves into the forward graph", "cost",
		"return saved + 1",
		"return saved - 1",
	},
	{
		"a cotangent is taken for independent", "Independent",
		"free[v] = !v.Port.Kind.IsCotangent()",
		"free[v] = !v.Port.Kind.IsCotangent() || v.Port.Index > 0",
	},
	{
		"the cut from the wrong direction", "network.reachesSink",
		"n.arcs[i^1].capacity > 0 && !reaches",
		"n.arcs[i].capacity > 0 && !reaches",
	},
	{
		"flow does not use up capacity", "network.augment",
		"n.arcs[via[at]].capacity -= flow",
		"n.arcs[via[at]].capacity -= flow &^ 1",
	},
	{
		"saved values are read from the first place", "splitter.part",
		"c.Port, c.Op = port, nil",
		"c.Port, c.Op = ir.Port{Kind: port.Kind}, nil",
	},
	{
		"nothing is scheduled", "Schedule",
		"ir.Live(tree) <= registers",
		"ir.Live(tree) <= 100*registers",
	},
	{
		"an operation before its operands", "demand",
		"for _, a := range operands {\n\t\t\tplace(a)\n\t\t}\n\t\torder = append(order, v)",
		"order = append(order, v)\n\t\tfor _, a := range operands {\n\t\t\tplace(a)\n\t\t}",
	},
	{
		"the cheaper operand first", "demand",
		"return need[b] - need[a]",
		"return need[a] - need[b]",
	},
	{
		"dh of later steps lost", "run.backwardRow",
		"add(r.d[i].row(r.b), r.dy.row(r.at()))",
		"copy(r.d[i].row(r.b), r.dy.row(r.at()))",
	},
	{
		"dc of later steps twice", "run.elementwise",
		"add(r.before[p.Index].row(r.b), d)",
		"add(r.before[p.Index].row(r.b), d)\n\t\tadd(r.before[p.Index].row(r.b), r.d[p.Index].row(r.b))",
	},
	{
		"dx of the last unit alone", "matrix.back",
		"dx[k] + in.round",
		"in.round",
	},
	{
		"db of the last row alone", "matrix.outer",
		"m.gradient[at] = in",
		"if m.column == 0 {\n\t\t\t\tm.gradient[at] = 0\n\t\t\t}\n\t\t\tm.gradient[at] = in",
	},
	{
		"recurrent weights transposed", "Inputs.matrices",
		"if role != Bias {",
		"if role == U {\n\t\t\tall[i].row, all[i].column = side, 1\n\t\t} else if role != Bias {",
	},
	{
		"every step begins with c_0", "run.previous",
		"if r.t == 0 {",
		"if r.t >= 0 {",
	},
	{
		"registers are free too soon", "newTape",
		"if last[a] == i {",
		"if last[a] <= i+1 {",
	},
	{
		"rows of c 16 apart, not stride", "tape.view",
		"stride = b.Stride",
		"stride = units",
	},
}
