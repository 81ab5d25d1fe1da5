// Package equation reads recurrent cells that are written as equations: .cell files.
//
//	file     = "cell" Name [ String ] { line } .
//	line     = decl | equation | "output" expr .
//	decl     = "state"  names [ "(" dim ")" ] [ "=" number | "-inf" ]
//	         | "matrix" names "(" dim "," dim ")" "=" init
//	         | "vector" names [ "(" dim ")" ] "=" init
//	         | "scalar" names "=" number
//	         | "const"  Name  "=" number
//	         | "input"  names [ "(" dim ")" ]
//	         | "dim"    names [ "=" dim ] .
//	equation = Name [ "'" ] "=" expr .
//	expr     = [ "-" ] term { ( "+" | "-" ) term } .
//	term     = factor { ( "*" | "/" ) factor } | Name [ ".T" ] "@" factor .
//	factor   = number | Name [ "'" ] | Func "(" expr { "," expr } ")" | "(" expr ")" .
//	dim      = "hidden" | "input" | Name | number .
//	init     = number | Init [ "(" number { "," number } ")" ] .
//
// An item takes a line; open parentheses continue it, and "#" begins a comment. A string
// ends at the next quote of its line. Numbers are 1, 0.5 and 1e-3, in a declaration with a
// minus sign if need be. Names are of ASCII letters, digits and underscores.
//
// x is the input. s' is state s at t, s alone at t−1. "@" is a product with a matrix,
// elsewhere operators and functions work on each unit. Chains of operators join from the
// left. What is written is the definition: [Cell.Evaluate] computes it in float64.
//
// [Read] parses a file and checks it, [Parse] and [Check] are its halves, and [File.String]
// prints a file in the canonical form. [Cell.Lower] gives the graph that the compiler takes.
//
// README.md teaches the language. Its reference of functions, initialisers and limits is
// written by [Refresh], from their tables.
package equation

//go:generate go run ../../cmd/mkreference README.md
//go:generate go tool cellgen draw ../../generated/grubefore/grubefore.cell -o gru_cellgen.svg
