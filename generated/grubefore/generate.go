package grubefore

//go:generate go tool cellgen generate grubefore.cell
