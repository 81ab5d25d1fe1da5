package main

// rewriteFaults are those of rules, and of the check of the passes' order.
var rewriteFaults = []fault{
	{
		"a rule's constant is any constant", "binding.match",
		"return v.IsConst() && v.Const == pattern.Const",
		"return v.IsConst()",
	},
	{
		"a rule's operands in reverse", "binding.match",
		"b.match(a, v.Args[i])",
		"b.match(a, v.Args[len(v.Args)-1-i])",
	},
	{
		"a rule's inner operator is any", "binding.match",
		"if v.Op != pattern.Op {",
		"if v.Op == nil || len(v.Args) != len(pattern.Args) {",
	},
	{
		"what a rule makes in reverse", "simplify",
		"args[i] = bound[a]",
		"args[len(args)-1-i] = bound[a]",
	},
	{
		"one rule at a time is enough", "Simplify",
		"for changed := true; changed; {",
		"for changed := true; changed; changed = false {",
	},
	{
		"0 and -0 are one constant", "keyOf",
		"math.Float64bits(v.Const)",
		"math.Float64bits(v.Const + 0)",
	},
	{
		"the pass after the next alone is too late", "constraint.verify",
		"range passes[after+1:]",
		"range passes[min(len(passes), after+2):]",
	},
	{
		"the last pass need not be last", "constraint.verify",
		`p.Name == c.before || c.before == ""`,
		"p.Name == c.before",
	},
	{
		"a pass twice is accepted", "verifyOrder",
		"if at(passes, p.Name) != i {",
		"if at(passes, p.Name) > i {",
	},
	{
		"a pass without a reason is accepted", "verifyOrder",
		"return c.before == p.Name || c.after == p.Name",
		"return true",
	},
	{
		"a reason for a pass that is gone is accepted", "verifyOrder",
		"!known[name]",
		"!known[name] && name == c.after",
	},
}
