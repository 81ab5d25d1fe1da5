package mingru

//go:generate go tool cellgen generate mingru.cell
