package sru

//go:generate go tool cellgen generate sru.cell
