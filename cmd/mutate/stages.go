package main

// stageFaults are those of how a step is cut into stages, and of what stages share and hand on.
var stageFaults = []fault{
	{
		"a delayed input is not batched", "stager.batch",
		"if t.Operand.Kind == ir.Prev {",
		"if t.Operand.Kind == ir.Next {",
	},
	{
		"a stage too early for its operands", "stager.depth",
		"d = max(d, s.depth(a)+1)",
		"d = max(d, s.depth(a))",
	},
	{
		"a batched stage does not wait for a delayed input", "stager.depth",
		"d = max(d, s.depth(s.next(i))+1)",
		"d = max(d, s.depth(s.next(i)))",
	},
	{
		"what batched stages compute is waited for", "stager.depth",
		"case s.batched[a] && !s.batched[v]:",
		"case false:",
	},
	{
		"a state that is not a delayed input is steady", "stager.isSteady",
		"if !s.delayed[state] {",
		"if !s.delayed[state] && s.next(state) == nil {",
	},
	{
		"what only inputs decide is not delayed", "stager.delay",
		"ok && s.steady[v] &&",
		"ok && at < 0 && s.steady[v] &&",
	},
	{
		"a cotangent is of the stage of its last operand", "stager.backward",
		"v.Stage = min(v.Stage, a.Stage)",
		"v.Stage = a.Stage",
	},
	{
		"the cotangent of a slot leaves another stage", "stager.results",
		"r.Stage = s.f.Input(ir.Port{Kind: ir.SlotIn, Index: r.Port.Index}).Stage",
		"r.Stage = r.Value.Stage",
	},
	{
		"the last stage that is deep enough", "stager.after",
		"stage.depth < s.stages[first].depth",
		"stage.depth > s.stages[first].depth",
	},
	{
		"what later stages use is not saved", "Save",
		"return !free[v] || v.Stage > k }",
		"return !free[v] }",
	},
	{
		"what later stages return is not saved", "Save",
		"return r.Stage > k || slices",
		"return slices",
	},
	{
		"nothing is carried to the stage before", "Carry",
		"return !free[v] && v.Stage < k }",
		"return !free[v] && v.Stage < k-1 }",
	},
	{
		"what the stage before returns is not carried", "Carry",
		"return r.Stage < k }",
		"return r.Stage < k-1 }",
	},
	{
		"columns of two widths mixed", "newSplitter",
		"s.columns[s.plan[r.Stage].Width]",
		"s.columns[s.plan[0].Width]",
	},
	{
		"carried values where saved ones are", "newSplitter",
		"Index: c.Carried}",
		"Index: c.Saved}",
	},
	{
		"slots in another order than their operands", "newSplitter",
		"cmp.Compare(a1, b1)",
		"cmp.Compare(b1, a1)",
	},
	{
		"a saved value is given where it is computed", "splitter.given",
		"(backward || v.Stage < k)",
		"(backward || v.Stage <= k)",
	},
	{
		"a carried value is given where it is computed", "splitter.given",
		"ok && v.Stage > k {",
		"ok && v.Stage >= k {",
	},
	{
		"cotangents of slots in the order of the step", "splitter.leaving",
		"Index: s.slots[r.Port.Index].Index}",
		"Index: r.Port.Index}",
	},
	{
		"vectors in the reverse order", "splitter.vectors",
		"append(read[v.Width], i)",
		"append([]int{i}, read[v.Width]...)",
	},
	{
		"every stage has the cotangents of all vectors", "splitter.vectors",
		"r.Stage == k && r.Port",
		"r.Stage >= 0*k && r.Port",
	},
	{
		"a parameter has two homes", "productFinder.products",
		"again: p.used[t.Param]}",
		"again: false}",
	},
	{
		"a transposed product is not", "ir.runs",
		", Transposed: transposed}",
		"}",
	},
	{
		"a product across a slot that it has no part in", "ir.runs",
		"case i > 0 && len(slots[i-1]) > 0:",
		"case len(products) > 0:",
	},
	{
		"a transposed product has the width of its matrix", "Cell.termWidth",
		"t.Transposed && len(shape) == 2",
		"t.Transposed && len(shape) > 2",
	},
	{
		"a transposed matrix has its own columns", "ir.checker.operand",
		"if t.Transposed {",
		"if t.Transposed && p.Index < 0 {",
	},
	{
		"values of two widths are joined", "ir.checker.widths",
		"if differ(widths[a], widths[v]) {",
		"if differ(widths[a], widths[a]) {",
	},
	{
		"two rows of one name", "Func.Rows",
		"taken[list[i].Name] || ",
		"",
	},
	{
		"one number a row is a stride apart", "Func.rows",
		`p.Kind == DGiven || r.Index == 0 || f.Inputs[r.Index-1].Width != ""`,
		"p.Index >= 0",
	},
	{
		"every row has vectors of its own", "Func.rows",
		"lowerFirst(k.field), p.Kind == Vector",
		"lowerFirst(k.field), p.Kind < 0",
	},
	{
		"cotangents of vectors where the slots' are", "Rows.Offset",
		"(len(r.f.Slots) + slices.Index(r.f.Columns.DVectors, p.Index))",
		"slices.Index(r.f.Columns.DVectors, p.Index)",
	},
	{
		"vectors at another width's places", "Rows.Offset",
		"return slices.Index(r.f.Columns.Vectors, p.Index) * Units",
		"return p.Index * Units",
	},
	{
		"an input that only backward reads", "ir.Stage.describe",
		" || b.passes(Port{Given, i})",
		"",
	},
	{
		"cotangents of vectors of another width", "ir.Stage.describe",
		"slices.Index(f.Columns.Vectors, v)",
		"v",
	},
	{
		"a bias of another slot", "MergeLeaves",
		"into := &f.Slots[a.Port.Index]",
		"into := &f.Slots[(a.Port.Index+1)%len(f.Slots)]",
	},
	{
		"another vector becomes the bias", "MergeLeaves",
		"f.Vectors[b.Port.Index].Index",
		"f.Vectors[0].Index",
	},
	{
		"a scalar becomes a bias", "MergeLeaves",
		"Shape) != 1 {",
		"Shape) > 1 {",
	},
}
