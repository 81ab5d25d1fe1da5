package main

// weightFaults are those of weights on their way in and out.
var weightFaults = []fault{
	{
		"sums begin with 0, and lose -0", "exchange.enter",
		"v := *e.outside[0].at(row, unit)",
		"v := 0 + *e.outside[0].at(row, unit)",
	},
	{
		"padding is left as it was", "exchange.enter",
		"\t\t\tclear(panel[e.home.at(block, row, e.slot):][:kernel.Units])\n",
		"\t\t\t_ = row\n",
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
		"len(e.params) > 1 && e.makes",
		"len(e.params) > len(panel) && e.makes",
	},
	{
		"what was kept leaves though weights have changed", "exchange.leave",
		"len(e.params) > 1 && e.makes(panel[at], row*e.units+unit)",
		"len(e.params) > 1 && e.kept[e.params[0]] != nil",
	},
	{
		"0 and -0 are one sum", "exchange.makes",
		"math.Float32bits(sum) == math.Float32bits(v)",
		"sum == v",
	},
	{
		"a sum of what was kept without the first", "exchange.makes",
		"sum := e.kept[e.params[0]][i]",
		"sum := 0 * e.kept[e.params[0]][i]",
	},
	{
		"one row of what was imported is kept", "exchange.remember",
		"values[row*e.units+unit] = *e",
		"values[unit] = *e",
	},
	{
		"rows and slots of a panel exchanged", "home.at",
		"((block*h.rows+row)*len(h.sums) + slot) * kernel.Units",
		"((block*len(h.sums)+slot)*h.rows + row) * kernel.Units",
	},
	{
		"all leaves' weights in the first's place", "outside.set",
		"*o.at(row, unit) = v",
		"o.values[row*o.row+unit*o.unit] = v",
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
		"a slot's gradient to its first leaf alone", "exchange.spread",
		"for _, o := range e.outside {",
		"for _, o := range e.outside[:1] {",
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
		"what an optimizer remembers is kept as weights", "Layer.owns",
		"len(own) > 0 && &own[0] == &values[0]",
		"len(own) > 0",
	},
	{
		"weights by parameter are not kept", "panelOrder.enter",
		"\t\t\te.remember()\n",
		"\t\t\t_ = e\n",
	},
	{
		"what was kept is not found by parameter", "panelOrder.leave",
		"o.keptOf(o.token[o.of], inside)",
		"nil",
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
		"no gradients of the bias are none to miss", "Layer.findGradients",
		"found[i] == nil && len(values) > 0",
		"found[i] == nil && i != l.token[ofOne] && len(values) > 0",
	},
	{
		"only the first gradient is cleared", "Params.Zero",
		"for _, param := range p {",
		"for _, param := range p[:1] {",
	},
}
