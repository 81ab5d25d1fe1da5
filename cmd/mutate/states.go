package main

// stateFaults are those of states, their cotangents, and what a kernel is given of them.
var stateFaults = []fault{
	{
		"a sequence begins with 0 after Reset", "State.Reset",
		"float32(s.states[i].Initial)",
		"0 * float32(s.states[i].Initial)",
	},
	{
		"a sequence begins with 0", "core.NewState",
		"\ts.Reset()\n",
		"",
	},
	{
		"cotangents begin as states do", "State.Zero",
		"clear(array.Data)",
		"s.Reset()\n\t\t_ = array",
	},
	{
		"states of another cell", "core.checkState",
		"if s.states[i] != state {",
		"if s.states[i].Width != state.Width {",
	},
	{
		"fewer states", "core.checkState",
		"if len(s.states) != len(c.States) {",
		"if len(s.states) > len(c.States) {",
	},
	{
		"a row more than there is room for", "core.checkRows",
		"s.batch > ws.maxBatch",
		"s.batch > ws.maxBatch+1",
	},
	{
		"the state of a wider layer", "core.checkState",
		"case have == want:",
		"case have >= want:",
	},
	{
		"fewer cotangents than rows", "Layer.checkBackward",
		"ds.batch != ws.batch",
		"ds.batch > ws.batch",
	},
	{
		"states overlap", "State.apartFrom",
		"{arrays, s.arrays[:i]}",
		"{arrays, s.arrays[:min(i, 0)]}",
	},
	{
		"a state overlaps x", "State.apartFrom",
		"{arrays, s.arrays[:i]}",
		"{s.arrays[:i]}",
	},
	{
		"the last state is not copied back", "core.run",
		"ws.stateRows(i, steps)",
		"ws.stateRows(i, steps-1)",
	},
	{
		"Next is of the step before", "core.forwardKernel",
		"ws.stateRows(i, t+1)",
		"ws.stateRows(i, t)",
	},
	{
		"Prev of the output for every state", "core.forwardKernel",
		"ws.stateRows(i, t)",
		"ws.stateRows(max(0, c.output), t)",
	},
	{
		"y is the first state", "core.forwardKernel",
		"call.Next[c.output]",
		"call.Next[0]",
	},
	{
		"the first state is multiplied", "Workspace.addProduct",
		"ws.rows(p.of, t, 1)",
		"ws.rows(ws.owner.stateAt(), t, 1)",
	},
	{
		"bias in the first slots", "core.setBias",
		"row[p.first*kernel.Units:]",
		"row[0*p.first:]",
	},
	{
		"a tile without bias is as it was", "core.setBias",
		"\tclear(row)\n",
		"",
	},
	{
		"slots after the first product's are as they were", "setBeside",
		"last < len(row)",
		"last > len(row)",
	},
	{
		"one place for even and odd steps", "Workspace.cotangentStep",
		"return t & 1",
		"return t & 0",
	},
	{
		"DNext is DPrev", "Layer.backwardBlocks",
		"ws.cotangentStep(i, t+1), b)",
		"ws.cotangentStep(i, t), b)",
	},
	{
		"DPrev is DNext", "Layer.backwardBlocks",
		"ws.cotangentStep(i, t), b)",
		"ws.cotangentStep(i, t+1), b)",
	},
	{
		"a state that nothing reads keeps its cotangent", "Layer.completeState",
		"if v.dprev == nil {",
		"if v.dprev == nil && i == l.output {",
	},
	{
		"DNext of the output for every state", "Layer.backwardBlocks",
		"call.DNext[i] = ws.units(ws.cotangents[i]",
		"call.DNext[i] = ws.units(ws.cotangents[max(0, l.output)]",
	},
	{
		"Prev of the step after", "Layer.backwardBlocks",
		"ws.units(ws.states[i], s.padded, t, b)",
		"ws.units(ws.states[i], s.padded, t+1, b)",
	},
	{
		"an output's elementwise cotangent lost", "Layer.completeState",
		"if v.dprev == nil {",
		"if true {",
	},
	{
		"dy is the first state's", "Layer.completeState",
		"if i == l.output &&",
		"if i == 0 &&",
	},
	{
		"the first cotangents are not completed", "Layer.backwardSteps",
		"t >= -1; t--",
		"t >= 0; t--",
	},
	{
		"the last cotangents are those of step 0", "Layer.Backward",
		"ws.cotangentRows(i, ws.steps, 1)",
		"ws.cotangentRows(i, 0, 1)",
	},
	{
		"the initial cotangents are those of step 1", "Layer.Backward",
		"ws.cotangentRows(i, 0, 1)",
		"ws.cotangentRows(i, 1, 1)",
	},
	{
		"cotangents overlap x", "Layer.checkBackwardOverlap",
		`check.Of("x", ws.x)`,
		`check.Of("x", nil)`,
	},
	{
		"two goroutines use a workspace", "core.use",
		"!ws.inUse.CompareAndSwap(false, true)",
		"ws.inUse.Store(true); false",
	},
	{
		"two goroutines use a state", "core.use",
		"!s.inUse.CompareAndSwap(false, true)",
		"s.inUse.Swap(true) && false",
	},
	{
		"a workspace stays in use", "runtime.Workspace.release",
		"\tws.inUse.Store(false)\n",
		"",
	},
}
