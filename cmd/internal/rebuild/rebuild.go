// Package rebuild builds a command of this module again, with the cell of a file compiled into it,
// and has this process run that.
package rebuild

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

// built is the cell that this program was built with, nil in the command itself.
var (
	built  *cells.Cell
	folder string // of the program, which removes it; "" if another does
)

// Register makes a cell the one that this program was built with. The folder of the program, if
// it is not empty, is the program's to remove.
func Register(cell kernel.Cell, name, dir string) {
	built, folder = &cells.Cell{Cell: cell, Name: name}, dir
}

// Built returns the compiled cell that this program was built with, nil if it is the command
// itself.
func Built() *cells.Cell { return built }

// Leave removes the folder of this program, if it was built to do so. A command calls it first.
func Leave() {
	if folder != "" {
		_ = os.RemoveAll(folder) // what cannot be removed goes with the next one's
	}
}

// Command is a command of this module.
type Command struct {
	Folder string // of its package, in the module's, such as cmd/lm
	Module string // the folder of the module that it is in, if that is another one
}

// Build builds the command with a cell compiled, and returns the file of the program. The folder
// that it is in goes with this process, unless it is removed before.
func (c Command) Build(ctx context.Context, cell *cells.Cell) (file string, remove func() error, err error) {
	dir, remove, err := process.TempFolder()
	if err != nil {
		return "", nil, err
	}
	if file, err = c.buildIn(ctx, dir, cell); err != nil {
		_ = remove()
		return "", nil, fmt.Errorf("compiling %v: %w", cell, err)
	}
	return file, remove, nil
}

// Become builds the command with a cell compiled, and has this process run it on the same
// arguments and streams. It returns how that ended, or why it did not begin.
func (c Command) Become(ctx context.Context, cell *cells.Cell) (code int, err error) {
	file, remove, err := c.Build(ctx, cell)
	if err != nil {
		return 0, err
	}
	defer func() { _ = remove() }()
	return become(file)
}

// registrar and cellPath are the file that registers the cell, and the folder of the cell's package.
const (
	registrar = "built.go"
	cellPath  = "cell"
)

// path returns the path of the program's module: below the command's, so that it may import what
// the command may.
func (c Command) path() string { return probe.Module + "/" + c.Folder + "/built" }

func (c Command) buildIn(ctx context.Context, dir string, cell *cells.Cell) (file string, err error) {
	source, err := probe.Own(ctx, probe.Temp(dir))
	if err != nil {
		return "", err
	}
	program, err := ownFiles(filepath.Join(source, filepath.FromSlash(c.Folder)))
	if err != nil {
		return "", err
	}
	main, err := c.registration(dir, cell.Name)
	if err != nil {
		return "", err
	}
	generated, err := cell.Program.Generate()
	if err != nil {
		return "", err
	}
	p := probe.Program{
		Dir: dir, Path: c.path(), Source: source, Module: c.Module,
		Main: append(program, main), Packages: map[string][]gen.File{cellPath: generated},
	}
	return p.Build(ctx)
}

// ownFiles returns the files of a command's package.
func ownFiles(folder string) (files []gen.File, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s does not have the source of this command", folder)
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

// registration returns the file that registers the cell.
func (c Command) registration(dir, name string) (gen.File, error) {
	if !leaves {
		dir = ""
	}
	f := jen.NewFile("main")
	f.Func().Id("init").Params().Block(
		jen.Qual(probe.Module+"/cmd/internal/rebuild", "Register").Call(
			jen.Qual(c.path()+"/"+cellPath, "Kernel").Values(), jen.Lit(name), jen.Lit(dir)))
	var src bytes.Buffer
	if err := f.Render(&src); err != nil {
		return gen.File{}, err
	}
	return gen.File{Name: registrar, Data: src.Bytes()}, nil
}
