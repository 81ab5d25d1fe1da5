package main

// trainingFaults are those of the choice of what computes, and of optimizers.
var trainingFaults = []fault{
	{
		"an unknown backend is the first", "choose",
		`found := backend == ""`,
		"found := true",
	},
	{
		"the best vectors with every backend", "choose",
		"backends[c.backend].Vectors",
		"Sets()[0]",
	},
	{
		"vectors are asked for in vain", "choose",
		"c.vectors, found = s, true",
		"found = true",
	},
	{
		"a choice that is refused is taken", "machine.use",
		"if err != nil {\n\t\treturn err",
		"if err != nil {\n\t\tchosen = c\n\t\treturn err",
	},
	{
		"vectors that were asked for are forgotten", "UseBackend",
		"use(name, chosen.asked)",
		`use(name, "")`,
	},
	{
		"a backend at start is not checked first", "atStart",
		`choose(backend, "")`,
		`choose("", "")`,
	},
	{
		"another choice is not followed", "machine.use",
		"f(c.backend)",
		"_, _ = f, c.backend",
	},
	{
		"two parameters of one name", "memory.prepare",
		"case r.check == m.checks:",
		"case r.check > m.checks:",
	},
	{
		"a stranger among parameters", "memory.prepare",
		"case r == nil:",
		"case r == nil && len(params) > len(of):",
	},
	{
		"a parameter of another length", "memory.prepare",
		"case len(p.Value) != len(r.arrays[0]):",
		"case len(p.Value) > len(r.arrays[0]):",
	},
	{
		"fewer gradients than values", "memory.prepare",
		"case len(p.Value) != len(p.Grad):",
		"case len(p.Value) < len(p.Grad):",
	},
	{
		"fewer parameters than before", "memory.prepare",
		"if len(params) != len(of) {",
		"if len(params) > len(of) {",
	},
	{
		"nothing is remembered", "memory.prepare",
		"if of == nil {",
		"if true {",
	},
	{
		"the first moment for both", "memory.state",
		"p.Export(r.arrays[i])",
		"p.Export(r.arrays[min(i, 0)])",
	},
	{
		"a state of fewer parameters", "memory.state",
		"if len(params) != len(m.of) {",
		"if len(params) > len(m.of) {",
	},
	{
		"steps are not counted from the state", "restored",
		"steps: s.Steps}",
		"steps: 0 * s.Steps}",
	},
	{
		"a state that has nothing", "restored",
		"len(s.Arrays) == 0 && s.Steps == 0",
		"len(s.Arrays) == 0",
	},
	{
		"fewer steps than none", "restored",
		"s.Steps < 0 || ",
		"",
	},
	{
		"what is restored is in the order of outside", "restored",
		"err := p.Import(r.arrays[i], a.Values); err != nil",
		"err := error(nil); copy(r.arrays[i], a.Values) < 0",
	},
	{
		"strangers in a state", "restored",
		"given[a.Name]; left {",
		"given[a.Name]; left && len(names) == 0 {",
	},
	{
		"momentum against the gradient", "SGD.ordinary",
		"momentum*speeds[j] - rate*g",
		"-momentum*speeds[j] - rate*g",
	},
	{
		"two goroutines use gradients", "Params.Acquire",
		"!param.inUse.CompareAndSwap(false, true)",
		"param.inUse.Swap(true) && false",
	},
	{
		"gradients stay in use", "Params.Release",
		"param.inUse.Store(false)",
		"param.inUse.Store(true)",
	},
	{
		"two goroutines use an optimizer", "user.begin",
		"!u.inUse.CompareAndSwap(false, true)",
		"u.inUse.Swap(true) && false",
	},
	{
		"memory for each array, but not for all", "Fit",
		"bytes += 4 * uint64(n)",
		"bytes = 4 * uint64(n)",
	},
	{
		"a weight overflows", "SGD.ordinary",
		"!finite(w)",
		"w != w",
	},
	{
		"the square of a gradient overflows", "adamUpdate.ordinary",
		"bits-least >= span",
		"bits-span >= least && bits == 0",
	},
	{
		"roots are taken for moments once restored", "Adam.restore",
		"r.roots = slices.ContainsFunc(r.arrays[1], isRoot)",
		"r.roots = false",
	},
	{
		"a decay that is 1 in float32", "checkDecay",
		"float32(decay) < 1",
		"decay < 1",
	},
	{
		"updates are counted past the largest int", "memory.count",
		"min(m.steps, math.MaxInt-2) + 1",
		"m.steps + 1",
	},
	{
		"a state with NaN", "restored",
		"i >= 0 {\n\t\t\t\treturn m",
		"i > 0 {\n\t\t\t\treturn m",
	},
	{
		"rows of an embedding overwritten", "Embedding.backward",
		"sum[j] += v",
		"sum[j] = v",
	},
}
