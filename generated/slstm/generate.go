package slstm

//go:generate go tool cellgen generate slstm.cell
