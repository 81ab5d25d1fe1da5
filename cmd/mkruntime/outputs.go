package main

import (
	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// output is a Go file and, if it declares functions in assembly, the assembly beside it.
type output struct {
	folder string // in the module; the package has the same name
	name   string // of the files, without .go or .s
	write  func(pkg string) (assembly, source []byte, err error)
}

const (
	products = "runtime/internal/gemm"
	kernels  = "runtime/kernel"
	peaks    = "cmd/cellgen/timing/peak"
)

// outputs is everything that this program writes.
var outputs = []output{
	{kernels, "math_cellgen", source(gosrc.WriteFunctions)},
	{kernels, "math_cellgen_amd64", amd64.WriteFunctions},
	{kernels, "vector_cellgen_amd64", source(writeVectorFunctions)},
	{products, "gemm_cellgen_amd64", writeProducts},
	{products, "microkernels_cellgen_amd64", source(writeMicroKernels)},
	{peaks, "peak_cellgen_amd64", writePeaks},
	{peaks, "sets_cellgen_amd64", source(writeSets)},
}

// source adapts a writer that writes no assembly.
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
