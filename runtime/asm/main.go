// Command asm writes the runtime's generated assembly, and the Go declarations
// of it, into the folder it is run in.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	for _, err := range []error{
		run("gemm_cellgen_amd64", "runtime", func(wide, narrow vector) {
			wide.tiles()
			narrow.tiles()
			wide.add()
			narrow.add()
			narrow.transpose() // bound by loads and stores, not by its vectors
		}),
		run("peak/peak_cellgen_amd64", "peak", func(wide, narrow vector) {
			for _, v := range []vector{wide, narrow} {
				v.fma()
				v.read()
			}
		}),
	} {
		if err != nil {
			fmt.Fprintln(os.Stderr, "asm:", err)
			os.Exit(1)
		}
	}
}

// run writes name.s and name.go of a package.
func run(name, pkg string, emit func(wide, narrow vector)) error {
	c := build.NewContext()
	c.ConstraintExpr("!purego")
	emit(avx512(c), avx2(c))
	file, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	config := printer.Config{Name: "cellgen", Pkg: pkg}
	for suffix, p := range map[string]printer.Printer{
		".s":  printer.NewGoAsm(config),
		".go": printer.NewStubs(config),
	} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := update(name+suffix, text); err != nil {
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
