package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/dave/jennifer/jen"
	"golang.org/x/mod/modfile"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/gen"
)

// module is the path of this module, and probe the path of the programs that it builds.
const (
	module = "github.com/cellgen/cellgen"
	probe  = "cellgen.probe"
)

// buildProgram builds a program in a folder, from its main file and from generated packages
// in subfolders, against the runtime in the module at source, with the build tags of this
// program.
func buildProgram(ctx context.Context, dir, source string, main *jen.File, packages map[string][]gen.File) (program string, err error) {
	for folder, files := range packages {
		if err := writeFiles(filepath.Join(dir, folder), files); err != nil {
			return "", err
		}
	}
	var src bytes.Buffer
	if err := main.Render(&src); err != nil {
		return "", err
	}
	mod, sum, err := probeModule(source)
	if err != nil {
		return "", err
	}
	err = writeFiles(dir, []gen.File{{Name: "main.go", Data: src.Bytes()}, {Name: "go.mod", Data: mod}, {Name: "go.sum", Data: sum}})
	if err != nil {
		return "", err
	}
	program = filepath.Join(dir, "probe.exe") // Windows needs the suffix, other systems allow it
	_, err = toolchain.Go{Dir: dir, Temp: tempOf(dir)}.Run(ctx, "build", "-mod=mod", "-tags="+buildTags(), "-o", program, ".")
	return program, err
}

// tempOf returns the folder for temporary files of the go command that builds in a folder. It
// ignores modules that are in the temporary folder itself.
func tempOf(dir string) string { return filepath.Join(dir, "tmp") }

func writeFiles(dir string, files []gen.File) error {
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

// probeModule returns the go.mod and go.sum of a module that uses the one at
// source, with the same versions of everything.
func probeModule(source string) (mod, sum []byte, err error) {
	mod, err = os.ReadFile(filepath.Join(source, "go.mod"))
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
	err = errors.Join(err, f.AddModuleStmt(probe), f.AddRequire(module, "v0.0.0"), f.AddReplace(module, "", source, ""))
	if err != nil {
		return nil, nil, err
	}
	f.Cleanup()
	mod, err = f.Format()
	if err != nil {
		return nil, nil, err
	}
	sum, err = os.ReadFile(filepath.Join(source, "go.sum"))
	return mod, sum, err
}

// findSource returns the folder of this module's source: the version that the current
// module requires or, outside a module that requires one, the version that this command
// was built from. It needs a temporary folder.
func findSource(ctx context.Context, temp string) (string, error) {
	dir, err := toolchain.Go{Temp: temp}.Run(ctx, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module)
	switch {
	case err == nil && dir != "":
		return dir, nil
	case err == nil:
		return "", fmt.Errorf("finding the runtime: the source of %s is not on this machine; run go mod download", module)
	case !strings.Contains(err.Error(), "not a known dependency") && !strings.Contains(err.Error(), "go.mod file not found"):
		return "", fmt.Errorf("finding the runtime: %w", err)
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Path == module && strings.HasPrefix(info.Main.Version, "v") {
		dir, err := download(ctx, info.Main.Version, temp)
		if err == nil {
			return dir, nil
		}
	}
	_, file, _, _ := runtime.Caller(0) // of a checkout: cmd/cellgen/build.go
	dir = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return "", fmt.Errorf("finding the runtime: no module here requires %s, and the source that this command was built from is gone", module)
	}
	return dir, nil
}

// download returns the folder of a released version in the module cache. It needs a temporary
// folder.
func download(ctx context.Context, version, temp string) (string, error) {
	dir, err := os.MkdirTemp(temp, "download-")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+probe+"\n"), 0o666); err != nil {
		return "", err
	}
	tool := toolchain.Go{Dir: dir, Temp: temp}
	if _, err := tool.Run(ctx, "get", module+"@"+version); err != nil {
		return "", err
	}
	return tool.Run(ctx, "list", "-m", "-f", "{{.Dir}}", module)
}
