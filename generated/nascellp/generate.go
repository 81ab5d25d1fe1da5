package nascellp

//go:generate go tool cellgen generate nascellp.cell
