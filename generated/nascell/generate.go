package nascell

//go:generate go tool cellgen generate spec.toml
//go:generate go tool cellgen draw spec.toml -o nascell_cellgen.svg
