package darts

//go:generate go tool cellgen generate darts.cell
