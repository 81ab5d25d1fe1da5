package main

import (
	"bytes"
	"context"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/gen"
)

// modulePath is the path of the programs that this one builds.
const modulePath = "cellgen.probe"

// buildProgram builds a program in a folder, from its main file and from generated packages
// in subfolders, against the runtime in the module at source.
func buildProgram(ctx context.Context, dir, source string, main *jen.File, packages map[string][]gen.File) (program string, err error) {
	var src bytes.Buffer
	if err := main.Render(&src); err != nil {
		return "", err
	}
	p := probe.Program{
		Dir: dir, Path: modulePath, Source: source,
		Main: []gen.File{{Name: "main.go", Data: src.Bytes()}}, Packages: packages,
	}
	return p.Build(ctx)
}
