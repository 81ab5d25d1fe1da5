package runtime

//go:generate go run ../cmd/mkruntime
//go:generate go run ./asm
