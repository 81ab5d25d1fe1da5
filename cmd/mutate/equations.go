package main

// equationFaults are in how .cell files are read, checked, printed and evaluated.
var equationFaults = []fault{
	{
		"a prime in a continued line begins no item", "lexer.beginsItem",
		`after.is("'") && l.next().is("=")`,
		`after.is("'") && l.next().is("'")`,
	},
	{
		"parentheses of any depth", "parser.open",
		"p.depth >= MaxDepth",
		"p.depth >= 1000*MaxDepth",
	},
	{
		"any number of nodes", "parser.node",
		"p.nodes > MaxNodes",
		"p.nodes > 1000*MaxNodes",
	},
	{
		"lines with mistakes are not counted", "parser.count",
		"p.lines > MaxLines",
		"p.lines > 1000*MaxLines",
	},
	{
		"the rest of a wrong line is read", "parser.skip",
		"p.depth == 0 ||",
		"p.depth <= 1 ||",
	},
	{
		"sums join from the right", "frame.of",
		"apply(operators[l.Operator], value, f.of(l.X))",
		"apply(operators[l.Operator], f.of(l.X), value)",
	},
	{
		"the sign of a sum is lost", "frame.of",
		"if x.Negated {",
		"if x.Negated && x.Rest != nil {",
	},
	{
		"a transpose is not", "frame.product",
		"down, right = 1, rows",
		"down, right = columns, 1",
	},
	{
		"states are overwritten as they are read", "Cell.frame",
		"slices.Clone(states[v.Name][b*n : b*n+n])",
		"slices.Clip(states[v.Name][b*n : b*n+n])",
	},
	{
		"states begin at 0", "Symbol.start",
		"if s.Value != nil {",
		"if s.Value != nil && i < 0 {",
	},
	{
		"an equation sees itself", "checker.equation",
		"shape := c.shape(e.X)\n\ts := c.cell.names[e.Name]",
		"s := c.cell.names[e.Name]\n\tif s != nil {\n\t\ts.ready = true\n\t}\n\tshape := c.shape(e.X)",
	},
	{
		"a state takes any width", "checker.equation",
		"shape.Rank == 1 && s.Shape.Rank == 1 && shape != s.Shape",
		"shape.Rank == 2 && s.Shape.Rank == 1 && shape != s.Shape",
	},
	{
		"one number is as wide as any", "equation.join",
		"case b.Rank == 0 || a == b:",
		"case b.Rank == 0 || a == b || a.Rank == 1:",
	},
	{
		"a product takes any width", "checker.product",
		"case operand.Rows != columns:",
		"case operand.Rows != columns && operand.Rank > 1:",
	},
	{
		"the columns of a transpose are its matrix's", "checker.product",
		"rows, columns = columns, rows",
		"rows, columns = rows, columns",
	},
	{
		"two numbers are equal", "widths.equate",
		"if a != b && w.age[a] == 0 {",
		"if a != b && w.age[a] < 0 {",
	},
	{
		"nothing is too large for float32", "parser.number",
		"|| n.Value > math.MaxFloat32",
		"|| n.Value > math.MaxFloat64",
	},
	{
		"lines are aligned across empty ones", "equation.align",
		"!rows[to].blank && together",
		"together",
	},
	{
		"a sum in continued lines loses its sign", "printer.sum",
		"&Chain{Negated: c.Negated, First: c.First}",
		"&Chain{First: c.First}",
	},
	{
		"comments between parentheses are lost", "parser.emit",
		"for _, text := range p.inside {",
		"for _, text := range p.inside[:0] {",
	},
}
