package main

// descriptionFaults are those of what a layer checks of its cell, and derives from it.
var descriptionFaults = []fault{
	{
		"several stages are accepted", "layout.describeUnnamed",
		"len(l.Stages) != 1 ||",
		"len(l.Stages) == 0 ||",
	},
	{
		"a stage of another width is accepted", "layout.describeUnnamed",
		" || l.Stages[0].Width != kernel.Hidden",
		"",
	},
	{
		"fewer saved values than none", "layout.describeStage",
		"if s.Saved < 0 ||",
		"if s.Saved < -1 ||",
	},
	{
		"a parameter that multiplies nothing", "layout.checkUses",
		"if l.place[i].home < 0 {",
		"if l.place[i].home < -1 {",
	},
	{
		"the last slot needs no product", "stage.checkSlots",
		"range s.Slots {",
		"range s.Slots - 1 {",
	},
	{
		"a slot needs both products", "stage.checkSlots",
		"!has(s.products, slot) && !has(s.biases, slot)",
		"!has(s.products, slot) || !has(s.biases, slot)",
	},
	{
		"a cell that is not recurrent", "layout.describeUnnamed",
		"l.token[ofInput] < 0 || l.token[ofHidden] < 0",
		"l.token[ofInput] < 0",
	},
	{
		"a side has the slot after its last", "side.has",
		"slot < s.first+len(s.sums)",
		"slot <= s.first+len(s.sums)",
	},
	{
		"two states of a name", "layout.describeValues",
		"names[name] = true",
		"names[name] = false",
	},
	{
		"a state named as the input", "layout.describeValues",
		"kernel.X: true, ",
		"",
	},
	{
		"a state named as the bias's operand", "layout.describeValues",
		"kernel.One: true, ",
		"",
	},
	{
		"a state without a name", "layout.describeValues",
		`, "": true}`,
		"}",
	},
	{
		"a state of another width", "layout.describeWritten",
		"!l.same(l.dimOf(first+i), s.Width)",
		"first+i < 0",
	},
	{
		"two outputs", "layout.describeState",
		"s.Output && l.output >= 0:",
		"s.Output && l.output > 0:",
	},
	{
		"the first state is the output", "layout.describeState",
		"l.output = i",
		"l.output = 0",
	},
	{
		"no output", "layout.describeUnnamed",
		"if l.output < 0 {",
		"if l.output < -1 {",
	},
	{
		"parameters of all shapes are counted together", "layout.checkUses",
		"append(l.ordinal, counts[l.place[i].home])",
		"append(l.ordinal, i)",
	},
	{
		"a vector of Glorot's", "checkInitial",
		"kind := initial.Vector",
		"kind := initial.Matrix",
	},
	{
		"a constant without a value", "initial.checked",
		"case len(args) < i.low || ",
		"case ",
	},
	{
		"two products with one operand", "layout.describeUnnamed",
		"case l.token[of] >= 0:",
		"case l.token[of] > len(l.Params):",
	},
	{
		"a product without slots", "layout.describeProduct",
		"len(p.Sums) == 0 || ",
		"",
	},
	{
		"a slot before the first", "layout.describeProduct",
		"p.First < 0 || ",
		"",
	},
	{
		"a slot after the last", "layout.describeProduct",
		"p.First > s.Slots-len(p.Sums)",
		"p.First > s.Slots-len(p.Sums)+1",
	},
	{
		"a sum of nothing", "layout.checkSums",
		"if len(sum) == 0 {",
		"if len(sum) < 0 {",
	},
	{
		"a parameter before the first", "layout.checkSums",
		"if i < 0 || ",
		"if ",
	},
	{
		"a parameter of another shape", "layout.checkSums",
		" || !slices.EqualFunc(l.Params[i].Shape, shape, l.same)",
		"",
	},
	{
		"products with any state", "layout.describeUnnamed",
		"kernel.One}, p.Operand)\n",
		"kernel.One}, p.Operand)\n\t\tif of < 0 {\n\t\t\tof = ofHidden\n\t\t}\n",
	},
}
