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
		"s.hidden != c.hidden",
		"s.hidden < c.hidden",
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
		"c.unpad(array.Data, ws.states[i][steps*ws.batch*c.padded:])",
		"c.unpad(array.Data, ws.states[i][(steps-1)*ws.batch*c.padded:])",
	},
	{
		"Next is of the step before", "core.forwardBlock",
		"ws.units(ws.states[i], t+1, block)",
		"ws.units(ws.states[i], t, block)",
	},
	{
		"Prev of the output for every state", "core.forwardBlock",
		"call.Prev[i] = ws.units(ws.states[i]",
		"call.Prev[i] = ws.units(ws.states[c.output]",
	},
	{
		"y is the first state", "core.forwardBlock",
		"call.Next[c.output]",
		"call.Next[0]",
	},
	{
		"the first state is multiplied", "Workspace.outputs",
		"ws.states[c.output]",
		"ws.states[0]",
	},
	{
		"bias in the first slots", "core.setBias",
		"c.one.first*kernel.Units",
		"0*c.one.first",
	},
	{
		"a tile without bias is as it was", "core.setBias",
		"clear(tile.Data)",
		"",
	},
	{
		"slots after the bias are as they were", "core.setBias",
		"last < len(row)",
		"last > len(row)",
	},
	{
		"one place for even and odd steps", "Workspace.cotangent",
		"t%2*size",
		"t*0*size",
	},
	{
		"DNext is DPrev", "Layer.backwardBlock",
		"ws.units(ws.cotangent(i, t+1), 0, block)",
		"ws.units(ws.cotangent(i, t), 0, block)",
	},
	{
		"DPrev is DNext", "Layer.backwardBlock",
		"call.DPrev[i] = ws.units(ws.cotangent(i, t), 0, block)",
		"call.DPrev[i] = ws.units(ws.cotangent(i, t+1), 0, block)",
	},
	{
		"a state that nothing reads keeps its cotangent", "Layer.backwardBlock",
		"} else if i != l.output {",
		"} else if i < 0 {",
	},
	{
		"DNext of the output for every state", "Layer.backwardBlock",
		"ws.units(ws.cotangent(i, t+1)",
		"ws.units(ws.cotangent(l.output, t+1)",
	},
	{
		"Prev of the step after", "Layer.backwardBlock",
		"ws.units(ws.states[i], t, block)",
		"ws.units(ws.states[i], t+1, block)",
	},
	{
		"an output's elementwise cotangent lost", "Layer.backwardStep",
		"if !l.States[l.output].Elementwise {",
		"if true {",
	},
	{
		"dy is the first state's", "Layer.backwardStep",
		"ws.cotangent(l.output, t+1)",
		"ws.cotangent(0, t+1)",
	},
	{
		"the first cotangents are not completed", "Layer.backward",
		"t >= -1; t--",
		"t >= 0; t--",
	},
	{
		"the last cotangents are those of step 0", "Layer.Backward",
		"ws.cotangent(i, ws.steps)",
		"ws.cotangent(i, 0)",
	},
	{
		"the initial cotangents are those of step 1", "Layer.Backward",
		"ws.cotangent(i, 0)",
		"ws.cotangent(i, 1)",
	},
	{
		"cotangents overlap x", "Layer.checkBackward",
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
		"a workspace stays in use", "Workspace.release",
		"\tws.inUse.Store(false)\n",
		"",
	},
}
