package peephole

//go:generate go tool cellgen generate peephole.cell
