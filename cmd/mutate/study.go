package main

// studyFaults are in the children of a search, in studies and in tables.
var studyFaults = []fault{
	{
		"all rows of a batch read one place", "Trainer.lesson",
		"first + row*len(text)/rows",
		"first + 0*row*len(text)/rows",
	},
	{
		"every update reads the first batch", "Trainer.lesson",
		"window(text, from, t.setup.Steps*updates)",
		"window(text[:from+t.setup.Steps], from, t.setup.Steps*updates)",
	},
	{
		"children are compared by the test text", "Trainer.evaluate",
		"t.texts.validation[:min(n+1, len(t.texts.validation))]",
		"t.texts.test[:min(n+1, len(t.texts.test))]",
	},
	{
		"a dead child counts", "Trainer.isDead",
		"return true, nil",
		"return false, nil",
	},
	{
		"a child that diverges ends the study", "Trainer.Train",
		"r.Outcome, r.Update = Diverged, update+1\n\t\t\treturn r, nil",
		"return r, err",
	},
	{
		"all seeds have the same weights and text", "Setup.seed",
		"use, s.Seed, t.Seed",
		"use, s.Seed, 0",
	},

	{
		"the first rate, not the best", "Run.Score",
		"next.Better(before)",
		"false",
	},
	{
		"a cell that fails on a later rung keeps its score", "Run.Score",
		"before.Rung < r.Rung ||",
		"before.Rung < r.Rung && r.Outcome == child.Trained ||",
	},
	{
		"only the cells of a batch compete for the next rung", "engine.judge",
		"for _, name := range cells {\n\t\tif s := e.scores[name]",
		"e.rungs[rung] = nil\n\tfor _, name := range cells {\n\t\tif s := e.scores[name]",
	},
	{
		"failures go on to the next rung", "engine.judge",
		"s.Outcome == child.Trained && better*",
		"better*",
	},
	{
		"a cell that comes again is trained again", "engine.propose",
		"if e.choices[name] == nil {",
		"{",
	},
	{
		"results are kept in the order of arrival", "Study.train",
		"for ; committed < len(open) && ready[committed]; committed++ {\n\t\t\tif err := s.commit(asides[committed], Record{Run: &open[committed]}); err != nil {\n\t\t\t\treturn err\n\t\t\t}\n\t\t}",
		"committed++\n\t\tif err := s.commit(asides[i], Record{Run: &open[i]}); err != nil {\n\t\t\treturn err\n\t\t}",
	},
	{
		"another program goes on with a study", "Study.commit",
		"if !same(r, s.past[0]) {",
		"if false {",
	},
	{
		"a folder takes another study", "find",
		"!bytes.Equal(bytes.TrimSpace(have), config)",
		"len(config) == 0",
	},
	{
		"a study is made over another process's", "fill",
		"found, err := find(folder, config); found || err != nil",
		"err := error(nil); err != nil",
	},

	{
		"the seed that has chosen a cell counts", "Row.loss",
		"for i := 1; i < n; i++ {\n\t\t\tsum",
		"for i := 0; i < n; i++ {\n\t\t\tsum",
	},
	{
		"a seed that is harder for all counts against a cell", "Row.loss",
		"r.Losses[i] - shifts[i]",
		"r.Losses[i]",
	},
	{
		"a cell that a seed has failed counts", "Row.failed",
		"|| slices.Contains(r.Losses, math.Inf(1))",
		"|| slices.Contains(r.Losses, math.Inf(-1))",
	},
	{
		"a table has a cell twice", "Table.names",
		"names[name]; known {",
		"names[name]; known && before > i {",
	},
	{
		"the first controller is the measure of others", "Reinforce.Measure",
		"r.Cell, r.Compiled = Default().Reinforce.Cell, false",
		"r.Compiled = false",
	},
	{
		"a cell that is tried again counts again", "Regret",
		"if idle++; tried[cell] {",
		"if idle++; false {",
	},
	{
		"the test is of one side of another column", "Standing.after",
		"r[cells-1]",
		"r[0]",
	},
}
