package main

import (
	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// output is a file of Go and, if it declares functions in assembly, these beside it.
type output struct {
	folder string // in the module; the package has its name
	name   string // of the files, without .go and .s
	write  func(pkg string) (assembly, source []byte, err error)
}

const (
	products = "runtime"
	kernels  = "runtime"
	peaks    = "cmd/cellgen/timing/peak"
)

// outputs are all that this program writes.
var outputs = []output{
	{kernels, "math_cellgen", source(gosrc.WriteFunctions)},
	{kernels, "math_cellgen_amd64", amd64.WriteFunctions},
	{kernels, "vector_cellgen_amd64", source(writeVectorFunctions)},
	{products, "gemm_cellgen_amd64", writeProducts},
	{products, "tiles_cellgen_amd64", source(writeTiles)},
	{peaks, "peak_cellgen_amd64", writePeaks},
	{peaks, "sets_cellgen_amd64", source(writeSets)},
}

// source returns what writes no assembly in the form of what does.
func source(write func(pkg string) ([]byte, error)) func(pkg string) (assembly, source []byte, err error) {
	return func(pkg string) ([]byte, []byte, error) {
		text, err := write(pkg)
		return nil, text, err
	}
}

func writeVectorFunctions(pkg string) ([]byte, error) {
	var sets []string
	for _, v := range vectors(amd64.NewFile()) {
		sets = append(sets, v.Name)
	}
	return gosrc.WriteVectorFunctions(pkg, sets...)
}
