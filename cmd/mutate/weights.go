package main

// weightFaults are those of weights on their way in and out.
var weightFaults = []fault{
	{
		"sums begin with 0, and lose -0", "exchange.enter",
		"v := external[e.outside(sum[0], row, unit)]",
		"v := 0 + external[e.outside(sum[0], row, unit)]",
	},
	{
		"padding is left as it was", "exchange.enter",
		"\tclear(panel)\n",
		"",
	},
	{
		"others of a sum have 0, not -0", "exchange.leave",
		"math.Copysign(0, -1)",
		"0",
	},
	{
		"the last of a sum has it", "exchange.leave",
		"i == 0 {",
		"i == len(sum)-1 {",
	},
	{
		"what was imported is not kept", "exchange.leave",
		"len(sum) > 1 && e.makes",
		"len(sum) > len(e.Params) && e.makes",
	},
	{
		"what was kept leaves though weights have changed", "exchange.leave",
		"len(sum) > 1 && e.makes(panel[at], sum, row*e.hidden+unit)",
		"len(sum) > 1 && e.kept[sum[0]] != nil",
	},
	{
		"0 and -0 are one sum", "exchange.makes",
		"math.Float32bits(sum) == math.Float32bits(v)",
		"sum == v",
	},
	{
		"a sum of what was kept without the first", "exchange.makes",
		"sum := e.kept[params[0]][i]",
		"sum := 0 * e.kept[params[0]][i]",
	},
	{
		"one row of what was imported is kept", "exchange.remember",
		"e.kept[param][row*e.hidden+unit] = external",
		"e.kept[param][unit] = external",
	},
	{
		"rows and slots of a panel exchanged", "exchange.each",
		"((block*e.rows+row)*len(e.side.sums)+slot)*kernel.Units",
		"((block*len(e.side.sums)+slot)*e.rows+row)*kernel.Units",
	},
	{
		"all leaves' weights in the first's place", "layout.newInitial",
		"Columns(l.place[i]*l.hidden, l.hidden)",
		"Columns(min(0, l.place[i])*l.hidden, l.hidden)",
	},
	{
		"constants are 0", "Constant",
		"row[j] = float32(value)",
		"row[j] = 0",
	},
	{
		"a bias of a cell without", "layout.checkWeights",
		"if w.Bias != nil {",
		"if len(w.Bias) > l.hidden*len(l.Params) {",
	},
	{
		"a slot's gradient to its first leaf alone", "Layer.Gradients",
		"for _, param := range sum {",
		"for _, param := range sum[:1] {",
	},
	{
		"values of another length are imported", "Param.Import",
		`len(values), "len(Value)", len(p.Value))`,
		`len(values), "len(Value)", len(values))`,
	},
	{
		"an outside of another length is imported", "Param.Import",
		`"Shape", p.Shape...)`,
		`"Shape", len(outside))`,
	},
	{
		"values of another length are exported", "Param.Export",
		`"len(Value)", len(p.Value))`,
		`"len(Value)", len(values))`,
	},
	{
		"what is exported is the parameter", "Param.Export",
		"return slices.Clone(values), nil",
		"return slices.Clip(values), nil",
	},
	{
		"what an optimizer remembers is kept as weights", "panelOrder.owns",
		"len(own) > 0 && &own[0] == &values[0]",
		"len(own) > 0",
	},
	{
		"weights by parameter are not kept", "panelOrder.enter",
		"\t\te.remember(outside)\n",
		"",
	},
	{
		"what was kept is not found by parameter", "panelOrder.leave",
		"\t\te.kept = o.kept\n",
		"",
	},
	{
		"gradients of any number", "Params.Gradient",
		" && len(param.Grad) == len(value)",
		"",
	},
	{
		"gradients of any parameter of that length", "same",
		"&a[0] == &b[0]",
		"true",
	},
	{
		"no gradients of the bias are none to miss", "Layer.gradients",
		"*array == nil && len(values) > 0",
		"*array == nil && of != ofOne && len(values) > 0",
	},
	{
		"only the first gradient is cleared", "Params.Zero",
		"for _, param := range p {",
		"for _, param := range p[:1] {",
	},
}
