// Command mkruntime writes the runtime's generated files into the folder it is
// run in: the elementwise functions of the operator table.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

func main() {
	if err := run("math_cellgen.go"); err != nil {
		fmt.Fprintln(os.Stderr, "mkruntime:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	src, err := gosrc.WriteFunctions()
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, src) {
		return nil
	}
	return os.WriteFile(file, src, 0o644)
}
