package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
)

// Required returns the folder of this module's source: the version that the current module
// requires or, outside a module that requires one, [Own]. It needs a temporary folder.
func Required(ctx context.Context, temp string) (string, error) {
	dir, err := toolchain.Go{Temp: temp}.Run(ctx, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", Module)
	switch {
	case err == nil && dir != "":
		return dir, nil
	case err == nil:
		return "", fmt.Errorf("finding the runtime: the source of %s is not on this machine; run go mod download", Module)
	case !strings.Contains(err.Error(), "not a known dependency") && !strings.Contains(err.Error(), "go.mod file not found"):
		return "", fmt.Errorf("finding the runtime: %w", err)
	}
	if dir, err = Own(ctx, temp); err != nil {
		return "", fmt.Errorf("no module here requires %s, and %w", Module, err)
	}
	return dir, nil
}

// Own returns the folder of the source that this program was built from: where it was, or else
// that version in the module cache. It needs a temporary folder.
func Own(ctx context.Context, temp string) (string, error) {
	_, dir, _, _ := runtime.Caller(0) // cmd/internal/probe/source.go in the module
	for range 4 {
		dir = filepath.Dir(dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && filepath.IsAbs(dir) {
		return dir, nil
	}
	if version := released(); version != "" {
		if dir, err := download(ctx, version, temp); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("the source that this command was built from is gone")
}

// released returns the version that this program was built from, "" for a checkout.
func released() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == Module && m.Replace == nil && strings.HasPrefix(m.Version, "v") {
			return m.Version
		}
	}
	return ""
}

// download returns the folder of a released version in the module cache. It needs a temporary
// folder.
func download(ctx context.Context, version, temp string) (string, error) {
	if err := os.MkdirAll(temp, 0o777); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(temp, "download-")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module cellgen.probe\n"), 0o666); err != nil {
		return "", err
	}
	tool := toolchain.Go{Dir: dir, Temp: temp}
	if _, err := tool.Run(ctx, "get", Module+"@"+version); err != nil {
		return "", err
	}
	return tool.Run(ctx, "list", "-m", "-f", "{{.Dir}}", Module)
}
