package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
	"golang.org/x/mod/modfile"

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
	_, err = goCommand(ctx, dir, "build", "-mod=mod", "-tags="+buildTags(), "-o", program, ".")
	return program, err
}

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
// was built from.
func findSource(ctx context.Context) (string, error) {
	dir, err := goCommand(ctx, "", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module)
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
		dir, err := download(ctx, info.Main.Version)
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

// download returns the folder of a released version in the module cache.
func download(ctx context.Context, version string) (string, error) {
	dir, err := os.MkdirTemp("", "cellgen-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+probe+"\n"), 0o666); err != nil {
		return "", err
	}
	if _, err := goCommand(ctx, dir, "get", module+"@"+version); err != nil {
		return "", err
	}
	return goCommand(ctx, dir, "list", "-m", "-f", "{{.Dir}}", module)
}

// goCommand runs the Go toolchain, in a folder of ours and outside any workspace or, if dir
// is "", in the current folder, and returns what it prints. An error has what it printed to
// standard error. If the context ends, the toolchain is interrupted.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GO111MODULE=on")
	if dir != "" {
		// An interrupted build leaves files behind: let them be in that folder.
		cmd.Env = append(cmd.Env, "GOWORK=off", "GOTMPDIR="+dir)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
