package simplecell

//go:generate go tool cellgen generate spec.toml
