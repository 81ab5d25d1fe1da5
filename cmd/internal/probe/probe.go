// Package probe builds programs of generated packages, in temporary folders, against this
// module's runtime.
package probe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"

	"golang.org/x/mod/modfile"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/gen"
)

// Module is the path of this module.
const Module = "github.com/cellgen/cellgen"

// Program is a program to build.
type Program struct {
	Dir      string                // made for it, and for nothing else
	Path     string                // of its module
	Source   string                // the folder of the runtime's module; see [Own]
	Module   string                // the folder, in Source, of another module that the program uses, if it does
	Main     []gen.File            // the files of its main package
	Packages map[string][]gen.File // the others, by their folders in Dir
}

// Build builds the program, with the build tags of this one, and returns its file.
func (p *Program) Build(ctx context.Context) (file string, err error) {
	for folder, files := range p.Packages {
		if err := write(filepath.Join(p.Dir, folder), files); err != nil {
			return "", err
		}
	}
	mod, sum, err := p.module()
	if err != nil {
		return "", err
	}
	if err := write(p.Dir, append([]gen.File{{Name: "go.mod", Data: mod}, {Name: "go.sum", Data: sum}}, p.Main...)); err != nil {
		return "", err
	}
	file = filepath.Join(p.Dir, "probe.exe") // Windows needs the suffix, other systems allow it
	_, err = toolchain.Go{Dir: p.Dir, Temp: Temp(p.Dir)}.Run(ctx, "build", "-mod=mod", "-tags="+Tags(), "-o", file, ".")
	return file, err
}

// Temp returns the folder for temporary files of the go command that builds in a folder. It
// ignores modules that are in the temporary folder itself.
func Temp(dir string) string { return filepath.Join(dir, "tmp") }

func write(dir string, files []gen.File) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// module returns the go.mod and go.sum of a module that uses the runtime's and the other one, with
// the same versions of everything.
func (p *Program) module() (mod, sum []byte, err error) {
	dir := filepath.Join(p.Source, p.Module)
	mod, err = os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, nil, err
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range f.Tool {
		err = errors.Join(err, f.DropTool(t.Path))
	}
	uses := map[string]string{Module: p.Source}
	if p.Module != "" {
		uses[f.Module.Mod.Path] = dir
	}
	for path, folder := range uses {
		err = errors.Join(err, f.AddRequire(path, "v0.0.0"), f.AddReplace(path, "", folder, ""))
	}
	err = errors.Join(err, f.AddModuleStmt(p.Path))
	if err != nil {
		return nil, nil, err
	}
	f.Cleanup()
	mod, err = f.Format()
	if err != nil {
		return nil, nil, err
	}
	sum, err = os.ReadFile(filepath.Join(dir, "go.sum"))
	return mod, sum, err
}

// Tags returns the build tags that this program was built with.
func Tags() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			return s.Value
		}
	}
	return ""
}
