package enas

//go:generate go tool cellgen generate enas.cell
