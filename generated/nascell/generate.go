package nascell

//go:generate go tool cellgen generate spec.toml
