package main

// contractFaults are those of the contract: ports and rows, descriptions, and who
// reads and writes them.
var contractFaults = []fault{
	{
		"c_{t-1} has no cotangent", "kinds",
		"flow: in, owner: state, cotangent: DPrev,",
		"flow: in, owner: state,",
	},
	{
		"dc_t is read where dc_{t-1} is written", "kinds",
		`field: "DNext"`,
		`field: "DPrev"`,
	},
	{
		"saved values leave in the backward graph too", "Func.rows",
		"r.Out = p.Kind.leaves() && (p.Kind != Saved || !f.Backward)",
		"r.Out = p.Kind.leaves()",
	},
	{
		"states are not written", "Func.rows",
		"Width: 1, Out: p.Kind.leaves(), f: f}",
		"Width: 1, f: f}",
	},
	{
		"a state that is not read has no rows at all", "Func.always",
		"return f.States[p.Index].Elementwise || p.Kind == Next || p.Kind == DNext",
		"return f.States[p.Index].Elementwise || p.Kind == Next",
	},
	{
		"h_{t-1} is read elementwise", "Func.always",
		"return f.States[p.Index].Elementwise || p.Kind == Next || p.Kind == DNext",
		"return f.States[p.Index].Elementwise || p.Kind != DPrev",
	},
	{
		"rows of any state will do", "Rows.Has",
		"(kinds[p.Kind].owner == none || p.Index == r.Port.Index)",
		"p.Index >= 0",
	},
	{
		"values of a row half as far apart", "Rows.Offset",
		"return p.Index * Units",
		"return p.Index * Units / 2",
	},
	{
		"parameters kind by kind, not leaf by leaf", "cell.params",
		"\treturn params\n",
		"\tslices.SortStableFunc(params, func(a, b ir.Param) int { return int(a.Name[0]) - int(b.Name[0]) })\n\treturn params\n",
	},
	{
		"every product begins with the first slot", "ir.runs",
		"First: i, ",
		"First: 0 * i, ",
	},
	{
		"the last leaf has no weights", "interp.Leaves",
		"n = max(n, leaf(p)+1)",
		"n = max(n, leaf(p))",
	},
	{
		"bias is not added", "productFinder.products",
		"\t\tg := productGroup{",
		"\t\tif t.Operand.Kind == NoPort {\n\t\t\tcontinue\n\t\t}\n\t\tg := productGroup{",
	},
	{
		"bias on the side of the input", "cell.slots",
		"recurrent = append(recurrent, ir.Term{",
		"input = append(input, ir.Term{",
	},
	{
		"U has a column an input", "cell.params",
		`Name: "U" + leaf, Label: leaf, Shape: []string{ir.WidthHidden, ir.WidthHidden}`,
		`Name: "U" + leaf, Label: leaf, Shape: []string{ir.WidthHidden, ir.WidthInput}`,
	},
	{
		"the first of merged leaves alone", "productFinder.products",
		"append(params[g][t.slot], t.Param)",
		"append(params[g][t.slot], t.Param)[:1]",
	},
	{
		"two outputs are accepted", "ir.checker.states",
		"if outputs > 1 ||",
		"if outputs > 2 ||",
	},
	{
		"two states of a name are accepted", "ir.checker.states",
		`name == "" || seen[name]`,
		`name == ""`,
	},
	{
		"a state without a name is accepted", "ir.checker.states",
		`name == "" || seen[name]`,
		"seen[name]",
	},
	{
		"a state may be read that is not read elementwise", "checker.value",
		"!c.f.States[v.Port.Index].Elementwise",
		"!c.f.States[v.Port.Index].Elementwise && v.Op != nil",
	},
	{
		"as many states as slots", "Func.Ports",
		"return len(f.States)",
		"return len(f.Slots)",
	},
	{
		"c_{t-1} is h_{t-1}", "Block.list",
		"return b.Prev",
		"return [][]float32{b.Prev[0], b.Prev[0]}",
	},
	{
		"dh_t is dc_t", "Block.list",
		"return b.DNext",
		"return [][]float32{b.DNext[len(b.DNext)-1], b.DNext[len(b.DNext)-1]}",
	},
	{
		"every port is the first of its rows", "tape.place",
		"return place{i, t.rows[i].Offset(p)}",
		"return place{i, 0}",
	},
	{
		"rows of the tile 16 apart", "tape.view",
		"stride := rows.Width * units",
		"stride := units",
	},
	{
		"the register of x·x is free twice", "newTape",
		"last[a] = -1",
		"last[a] = i",
	},
	{
		"scratch of the forward graph for both", "NewKernel",
		"max(k.registers, forward.registers, backward.registers)",
		"max(k.registers, forward.registers)",
	},
	{
		"a constant of the first row alone", "tape.run",
		"for j := range dst {",
		"for j := range dst[:units] {",
	},
	{
		"states are not elementwise", "interpreted.state",
		", Elementwise: s.Elementwise}",
		"}",
	},
	{
		"no state is the output", "interpreted.state",
		"Output: s.Output, ",
		"",
	},
	{
		"initial values have no arguments", "interpreted.param",
		"Initial: kernel.Initial{Name: p.Initial, Args: p.Args}",
		"Initial: kernel.Initial{Name: p.Initial}",
	},
	{
		"nothing is saved", "interpreted.stage",
		", Saved: s.Saved,",
		",",
	},
	{
		"a source that holds nothing", "read.readCell",
		"return nil, err // and not",
		"return c, err // and not",
	},
	{
		"assembly reads what it writes", "gosrc.address",
		"case r.Out:",
		"case !r.Out:",
	},
	{
		"nothing is written by assembly", "gosrc.address",
		"case r.Out:",
		"case r.Out && r.Width < 0:",
	},
	{
		"rows of assembly one value wide", "gosrc.address",
		`jen.Id("b").Dot("Rows"), stride(r), width(r))`,
		`jen.Id("b").Dot("Rows"), stride(r), jen.Lit(1))`,
	},
	{
		"parameters in another order than Go's", "Vector.kernel",
		"params = append(params, r.Name)",
		"params = append([]string{r.Name}, params...)",
	},
	{
		"a state that is not the output", "gosrc.state",
		`g.Id("Output").Op(":").True()`,
		`g.Id("Output").Op(":").False()`,
	},
	{
		"a state that is not elementwise", "gosrc.state",
		`g.Id("Elementwise").Op(":").True()`,
		`g.Id("Elementwise").Op(":").False()`,
	},
	{
		"every sum has the first parameter", "gosrc.productOf",
		"g.Lit(i)",
		"g.Lit(sum[0*i])",
	},
	{
		"rows of a matrix for its columns", "gosrc.param",
		"for _, width := range p.Shape {",
		"for _, width := range []string{p.Shape[len(p.Shape)-1], p.Shape[0]}[2-len(p.Shape):] {",
	},
}
