package runtime

//go:generate go run ../cmd/mkruntime
