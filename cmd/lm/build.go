package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// built is the cell that this program was built with, nil in lm itself.
var built *builtCell

// builtCell is the compiled cell of a file.
type builtCell struct {
	cell   kernel.Cell
	name   string
	folder string // of the program, which removes it; "" if another does
}

// The path of the programs that lm builds, in whose modules this one's internal packages may
// be used, and of the cell in them.
const (
	builtPath = probe.Module + "/cmd/lm/built"
	builtFile = "built.go"
	cellPath  = "cell"
)

// build builds lm with the cell compiled, and returns the file of the program. The folder that
// it is in goes with this process, unless it is removed before.
func build(ctx context.Context, cell *cells.Cell) (file string, remove func() error, err error) {
	dir, remove, err := process.TempFolder()
	if err != nil {
		return "", nil, err
	}
	if file, err = buildIn(ctx, dir, cell); err != nil {
		_ = remove()
		return "", nil, fmt.Errorf("compiling %v: %w", cell, err)
	}
	return file, remove, nil
}

func buildIn(ctx context.Context, dir string, cell *cells.Cell) (file string, err error) {
	source, err := probe.Own(ctx, probe.Temp(dir))
	if err != nil {
		return "", err
	}
	program, err := ownFiles(filepath.Join(source, "cmd", "lm"))
	if err != nil {
		return "", err
	}
	main, err := registration(dir, cell.Name)
	if err != nil {
		return "", err
	}
	generated, err := cell.Program.Generate()
	if err != nil {
		return "", err
	}
	p := probe.Program{
		Dir: dir, Path: builtPath, Source: source,
		Main: append(program, main), Packages: map[string][]gen.File{cellPath: generated},
	}
	return p.Build(ctx)
}

// ownFiles returns the files of lm's own package.
func ownFiles(folder string) (files []gen.File, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s does not have the source of lm", folder)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, gen.File{Name: filepath.Base(name), Data: data})
	}
	return files, nil
}

// registration returns the file that sets built.
func registration(dir, name string) (gen.File, error) {
	if !leaves {
		dir = ""
	}
	f := jen.NewFile("main")
	f.Func().Id("init").Params().Block(
		jen.Id("built").Op("=").Op("&").Id("builtCell").Values(
			jen.Qual(builtPath+"/"+cellPath, "Kernel").Values(), jen.Lit(name), jen.Lit(dir)))
	var src bytes.Buffer
	if err := f.Render(&src); err != nil {
		return gen.File{}, err
	}
	return gen.File{Name: builtFile, Data: src.Bytes()}, nil
}

// leaveFolder removes the folder of this program, if it was built to do so.
func leaveFolder() {
	if built != nil && built.folder != "" {
		_ = os.RemoveAll(built.folder) // what cannot be removed goes with the next one's
	}
}
