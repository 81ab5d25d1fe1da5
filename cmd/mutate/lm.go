package main

// lmFaults are in the language model's command.
var lmFaults = []fault{
	{
		"the last column is written to", "Line.Draw",
		"columns--",
		"_ = columns",
	},
	{
		"a longer line is not erased", "Line.Draw",
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
		"a second signal is not heard", "Interruptible",
		"os.Exit((&Interruption{Signal: s.(syscall.Signal)}).ExitCode())",
		"_ = s",
	},
	{
		"gradients of shards are not counted", "subject.needs",
		"(3+shards)*params",
		"3*params",
	},
	{
		"groups of groups set no limit", "freeIn",
		`group == "/"`,
		`group != ""`,
	},
	{
		"one byte too many is not seen", "Text.readFile",
		"room + 1",
		"room",
	},
	{
		"recurrent states are not restored", "Trainer.restore",
		"copy(s.state.Of(name), a.Values)",
		"_ = a",
	},
	{
		"the optimizer is not restored", "Trainer.restore",
		"return t.optimizer.Restore(t.shards[0].params, moments)",
		"return nil",
	},
	{
		"the last model is kept, not the best", "Trainer.endEpoch",
		"best.Nats < t.Best.Nats",
		"best.Nats > 0",
	},
	{
		"a run of another setup goes on", "Setup.same",
		"is == was && now == then",
		"is == was && (now == then || now != \"\")",
	},
	{
		"a stop of several symbols is not held back", "Text.held",
		"n = k\n",
		"n = 0\n",
	},
	{
		"the symbol that reaches the probability is left out", "Dice.nucleus",
		"sum < least",
		"sum+d.odds[n] < least",
	},
}
