package main

// comparisonFaults are in studies of several cells, and in how the sizes of their models are found.
var comparisonFaults = []fault{
	{
		"the worst rate is taken", "Study.tune",
		"r.Loss() < best.Loss()",
		"r.Loss() > best.Loss()",
	},
	{
		"a training that diverges is the best", "Result.Loss",
		"return math.Inf(1)",
		"return 0",
	},
	{
		"a seed is used twice", "Study.tune",
		"uint64(2 + seed)",
		"uint64(1 + seed)",
	},
	{
		"results of another text are taken", "Study.trial",
		"err = s.setup(cell, t).Differ(r.Setup)",
		"err = nil",
	},
	{
		"seeds are pairs of different ones", "Row.Behind",
		"mine[i] -= theirs[i]",
		"mine[i] -= theirs[0]",
	},
	{
		"a margin of one degree of freedom too many", "intervalOf",
		"Nu: n - 1",
		"Nu: n",
	},
	{
		"a model is one unit too small", "language.Fit",
		"above-hidden > 1",
		"above-hidden > 2",
	},
	{
		"a width that the cell demands is searched for", "Options.only",
		"return o.Embed",
		"return 0",
	},
	{
		"the first layer counts as all", "language.Parameters",
		"equal = o.Layers - 1",
		"equal = 1",
	},
	{
		"a limit cuts a character", "Text.Read",
		"all[:len(all)-Partial(all)]",
		"all[:len(all)]",
	},
}
