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
	if err := run("gemm_cellgen_amd64"); err != nil {
		fmt.Fprintln(os.Stderr, "asm:", err)
		os.Exit(1)
	}
}

// run writes name.s and name.go.
func run(name string) error {
	c := build.NewContext()
	c.ConstraintExpr("!purego")
	wide, narrow := avx512(c), avx2(c)
	for _, v := range []vector{wide, narrow} {
		v.tiles()
		v.peak()
		v.read()
	}
	narrow.transpose() // bound by loads and stores, not by its vectors
	file, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	config := printer.Config{Name: "cellgen", Pkg: "runtime"}
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
