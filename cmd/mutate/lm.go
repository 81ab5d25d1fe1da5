package main

// lmFaults are in the language model's command.
var lmFaults = []fault{
	{
		"the last column is written to", "progress.over",
		"p.columns() - 1",
		"p.columns()",
	},
	{
		"a longer line is not erased", "progress.over",
		"blank > 0",
		"blank > 1000",
	},
	{
		"a part that does not fit", "progress.line",
		"len(line)+2+len(part) <= columns",
		"len(line)+len(part) <= columns",
	},
	{
		"a rate of the first chunks", "progress.rate",
		"took < settled",
		"took < 0",
	},
	{
		"an ignored signal is taken", "interruptible",
		"!signal.Ignored(s)",
		"s != nil",
	},
	{
		"a second signal is not heard", "interruptible",
		"os.Exit(exitCode(s.(syscall.Signal)))",
		"_ = s",
	},
	{
		"gradients of shards are not counted", "config.needs",
		"(3+shards)*params",
		"3*params",
	},
	{
		"groups of groups set no limit", "freeIn",
		`group == "/"`,
		`group != ""`,
	},
	{
		"one byte too many is not seen", "config.readFile",
		"most + 1",
		"most",
	},
}
