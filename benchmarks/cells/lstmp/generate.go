package lstmp

//go:generate go tool cellgen generate lstmp.cell
