package main

// contractFaults are those of the contract: ports and rows, descriptions, and who
// reads and writes them.
var contractFaults = []fault{
	{
		"c_{t-1} has no cotangent", "kinds",
		"flow: in, state: true, cotangent: DPrev,",
		"flow: in, state: true,",
	},
	{
		"dc_t is read where dc_{t-1} is written", "kinds",
		`field: "DNext"`,
		`field: "DPrev"`,
	},
	{
		"saved values leave in the backward graph too", "Func.Rows",
		"Out: kind.leaves() && (kind != Saved || !f.Backward)",
		"Out: kind.leaves()",
	},
	{
		"states are not written", "Func.Rows",
		"Strided: true, Out: kind.leaves(),",
		"Strided: true,",
	},
	{
		"a state that is not read has no rows at all", "Func.Rows",
		"if s.Elementwise || kind == Next || kind == DNext {",
		"if s.Elementwise || kind == Next {",
	},
	{
		"h_{t-1} is read elementwise", "Func.Rows",
		"if s.Elementwise || kind == Next || kind == DNext {",
		"if s.Elementwise || kind != DPrev {",
	},
	{
		"rows of any state will do", "Rows.Has",
		"(!r.Strided || p.Index == r.Port.Index)",
		"p.Index >= 0",
	},
	{
		"values of a row half as far apart", "Rows.Offset",
		"return p.Index * Units",
		"return p.Index * Units / 2",
	},
	{
		"parameters kind by kind, not leaf by leaf", "Func.Describe",
		"leaf*len(d.Params)/f.Leaves()+kind",
		"kind*f.Leaves()+leaf",
	},
	{
		"every product begins with the first slot", "Func.Describe",
		"p.First = i",
		"p.First = 0 * i",
	},
	{
		"the last leaf has no weights", "Func.Leaves",
		"n = max(n, leaf+1)",
		"n = max(n, leaf)",
	},
	{
		"bias is not added", "Func.Describe",
		"\t\tproduct(operandOne, 2, func(s Slot) []int { return s.Recurrent })\n",
		"",
	},
	{
		"bias on the side of the input", "Func.Describe",
		"product(operandOne, 2, func(s Slot) []int { return s.Recurrent })",
		"product(operandOne, 2, func(s Slot) []int { return s.Input })",
	},
	{
		"U has a column an input", "Func.Describe",
		`add("U", glorotUniform, nil, hidden, hidden)`,
		`add("U", glorotUniform, nil, hidden, input)`,
	},
	{
		"the first of merged leaves alone", "Func.Describe",
		"for _, leaf := range leaves(slot) {",
		"for _, leaf := range leaves(slot)[:1] {",
	},
	{
		"two outputs are accepted", "checker.states",
		"if outputs > 1 {",
		"if outputs > 2 {",
	},
	{
		"two states of a name are accepted", "checker.states",
		`s.Name == "" || seen[s.Name]`,
		`s.Name == ""`,
	},
	{
		"a state without a name is accepted", "checker.states",
		`s.Name == "" || seen[s.Name]`,
		"seen[s.Name]",
	},
	{
		"a state may be read that is not read elementwise", "checker.value",
		"!c.f.States[v.Port.Index].Elementwise",
		"!c.f.States[v.Port.Index].Elementwise && v.Op != nil",
	},
	{
		"as many states as slots", "checker.port",
		"limit = len(c.f.States)",
		"limit = len(c.f.Slots)",
	},
	{
		"c_{t-1} is h_{t-1}", "Block.of",
		"return b.Prev[i]",
		"return b.Prev[0]",
	},
	{
		"dh_t is dc_t", "Block.of",
		"return b.DNext[i]",
		"return b.DNext[1]",
	},
	{
		"every port is the first of its rows", "tape.place",
		"return place{i, t.rows[i].Offset(p)}",
		"return place{i, 0}",
	},
	{
		"rows of the tile 16 apart", "tape.view",
		"stride = rows.Width * units",
		"stride = units",
	},
	{
		"the register of x·x is free twice", "newTape",
		"append(slices.Compact(slices.Clone(v.Args)), v)",
		"append(slices.Clone(v.Args), v)",
	},
	{
		"scratch of the forward graph for both", "Kernel.run",
		"max(k.forward.registers, k.backward.registers)*size",
		"k.forward.registers*size",
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
		", Saved: s.Saved}",
		"}",
	},
	{
		"a source that holds nothing", "by",
		"return nil, err // and not",
		"return source, err // and not",
	},
	{
		"assembly reads what it writes", "gosrc.address",
		"if r.Out {",
		"if !r.Out {",
	},
	{
		"nothing is written by assembly", "gosrc.address",
		"if r.Out {",
		"if r.Out && r.Width < 0 {",
	},
	{
		"rows of assembly one value wide", "gosrc.address",
		"stride(r), width(r))",
		"stride(r), jen.Lit(1))",
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
