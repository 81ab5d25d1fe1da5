// Command mkruntime writes the runtime's generated files into the folder it is
// run in: the elementwise functions of the operator table.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mkruntime:", err)
		os.Exit(1)
	}
}

func run() error {
	portable, err := gosrc.WriteFunctions()
	if err != nil {
		return err
	}
	assembly, stubs, err := amd64.WriteFunctions()
	if err != nil {
		return err
	}
	table, err := gosrc.WriteVectorFunctions("AVX512", "AVX2")
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{
		"math_cellgen.go":         portable,
		"math_cellgen_amd64.s":    assembly,
		"math_cellgen_amd64.go":   stubs,
		"vector_cellgen_amd64.go": table,
	} {
		if err := update(name, text); err != nil {
			return err
		}
	}
	return nil
}

// update writes a file unless it has that text.
func update(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(name, text, 0o644)
}
