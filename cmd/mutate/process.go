package main

// processFaults are of what commands owe the system: exit codes, and nothing left behind.
var processFaults = []fault{
	{
		"an output is written to after an error", "Output.Write",
		"if o.err == nil {",
		"if o.err == nil || len(data) > 0 {",
	},
	{
		"help that cannot be written is a success", "Output.Close",
		"return o.err\n\t}",
		"return err\n\t}",
	},
	{
		"an output that fails when it is closed", "Output.Close",
		"o.fail(c.Close())",
		"_ = c.Close()",
	},
	{
		"a closed pipe ends the process", "surviveClosedPipes",
		"if !signal.Ignored(syscall.SIGPIPE) {",
		"if signal.Ignored(syscall.SIGPIPE) {",
	},
	{
		"what is made is not held from the beginning", "Hold",
		"listen() // before anything is made",
		"defer listen()",
	},
	{
		"a home without room is used", "hasRoom",
		"if err != nil {\n\t\t\t\treturn false",
		"if err != nil {\n\t\t\t\treturn true",
	},
	{
		"a signal that is ignored ends the process", "endings",
		"slices.DeleteFunc(all, signal.Ignored)",
		"slices.Clone(all)",
	},
	{
		"a signal leaves everything behind", "undoAll",
		"_ = h.undo()",
		"_ = h",
	},
	{
		"a signal that a context waits for ends the process", "endBySignal",
		"held.interruptible > 0",
		"false",
	},
	{
		"a signal is a success", "endBySignal",
		"raise(s)",
		"os.Exit(0)",
	},
	{
		"what is released stays held", "hold.release",
		"held.list = slices.Delete(held.list, i, i+1)",
		"_ = i",
	},
	{
		"what a program starts is not of its group", "ownGroup",
		"Setpgid: true",
		"Setpgid: false",
	},
	{
		"a program does not end with its context", "Start",
		"_ = c.release()",
		"_ = c",
	},
	{
		"folders that were left stay", "TempFolder",
		"sweep(temp)",
		"_ = sweep",
	},
	{
		"folders in use are swept", "sweep",
		"TryLock(f) == nil",
		"f != nil",
	},
	{
		"builds with an experiment", "foreign",
		"\"GOEXPERIMENT\", ",
		"",
	},
	{
		"builds for another machine", "Go.environment",
		"env = append(env, built()...)",
		"_ = built",
	},
	{
		"builds in a workspace", "Go.environment",
		"if g.Dir != \"\" {",
		"if g.Dir == \"\" {",
	},
	{
		"builds with a version that is too old", "Go.environment",
		"policy(asked)",
		"asked",
	},
	{
		"modules of users without a home stay", "Go.home",
		" -modcacherw",
		"",
	},
	{
		"a program outlives the one that started it", "Stdin",
		"os.Exit(0)",
		"w.Close()",
	},
	{
		"a plot that cannot be written is found last", "bench",
		"canReplace(*plot); err != nil {",
		"canReplace(*plot); err != nil && len(args) == 0 {",
	},
	{
		"the file that tries a folder is left", "canReplace",
		"r.remove()",
		"nil",
	},
}
