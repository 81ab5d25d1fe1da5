package gru

//go:generate go tool cellgen generate gru.cell
