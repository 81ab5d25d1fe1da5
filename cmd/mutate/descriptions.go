package main

// descriptionFaults are those of what a layer checks of its cell, and derives from it.
var descriptionFaults = []fault{
	{
		"several stages are accepted", "layout.describe",
		"len(l.Stages) != 1 ||",
		"len(l.Stages) == 0 ||",
	},
	{
		"a stage of another width is accepted", "layout.describe",
		" || l.Stages[0].Width != kernel.Hidden",
		"",
	},
	{
		"fewer saved values than none", "layout.describe",
		"if l.saved < 0 {",
		"if l.saved < -1 {",
	},
	{
		"a parameter that multiplies nothing", "layout.describe",
		"slices.Index(used, false); i >= 0 {",
		"slices.Index(used, false); i >= len(used) {",
	},
	{
		"the last slot needs no product", "layout.describe",
		"range l.slots {",
		"range l.slots - 1 {",
	},
	{
		"a slot needs both products", "layout.describe",
		"!l.x.has(slot) && !l.h.has(slot)",
		"!l.x.has(slot) || !l.h.has(slot)",
	},
	{
		"a cell that is not recurrent", "layout.describe",
		"len(l.x.sums) == 0 || len(l.h.sums) == 0",
		"len(l.x.sums) == 0",
	},
	{
		"a side has the slot after its last", "side.has",
		"slot < s.first+len(s.sums)",
		"slot <= s.first+len(s.sums)",
	},
	{
		"two states of a name", "layout.describeStates",
		"names[s.Name] = true",
		"names[s.Name] = false",
	},
	{
		"a state named as the input", "layout.describeStates",
		"kernel.X: true, ",
		"",
	},
	{
		"a state named as the bias's operand", "layout.describeStates",
		"kernel.One: true, ",
		"",
	},
	{
		"a state without a name", "layout.describeStates",
		`, "": true}`,
		"}",
	},
	{
		"a state of another width", "layout.describeStates",
		"case s.Width != kernel.Hidden:",
		`case s.Width == "":`,
	},
	{
		"two outputs", "layout.describeStates",
		"s.Output && l.output >= 0:",
		"s.Output && l.output > 0:",
	},
	{
		"the first state is the output", "layout.describeStates",
		"l.output = i",
		"l.output = 0",
	},
	{
		"no output", "layout.describeStates",
		"if l.output < 0 {",
		"if l.output < -1 {",
	},
	{
		"parameters of all shapes are counted together", "layout.describeParams",
		"append(l.place, l.leaves[of])",
		"append(l.place, len(l.place))",
	},
	{
		"a vector of Glorot's", "layout.describeParams",
		"p.Initial.Name == kernel.GlorotUniform && len(p.Shape) == 2",
		"p.Initial.Name == kernel.GlorotUniform",
	},
	{
		"a constant without a value", "layout.describeParams",
		"len(p.Initial.Args) == 1",
		"len(p.Initial.Args) <= 1",
	},
	{
		"two products with one operand", "layout.describeProduct",
		"if len(into.sums) > 0 {",
		"if len(into.sums) > len(l.Params) {",
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
		"p.First > l.slots-len(p.Sums)",
		"p.First > l.slots-len(p.Sums)+1",
	},
	{
		"a sum of nothing", "layout.describeProduct",
		"if len(sum) == 0 {",
		"if len(sum) < 0 {",
	},
	{
		"a parameter before the first", "layout.describeProduct",
		"if i < 0 || ",
		"if ",
	},
	{
		"a parameter of another shape", "layout.describeProduct",
		" || !slices.Equal(l.Params[i].Shape, shapes[of])",
		"",
	},
	{
		"products with any state", "layout.describeProduct",
		"case l.States[l.output].Name:",
		"case l.States[0].Name, l.States[len(l.States)-1].Name:",
	},
}
