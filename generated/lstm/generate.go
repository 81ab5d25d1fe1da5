package lstm

//go:generate go tool cellgen generate spec.toml
