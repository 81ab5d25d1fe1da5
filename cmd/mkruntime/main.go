// Command mkruntime writes the generated files of the runtime and of its measurements:
// the functions of the operator table, in Go and in assembly, and the assembly of the
// products. It may be run anywhere in the module.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/gen/front"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mkruntime:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	for _, o := range outputs {
		files, err := o.files()
		if err != nil {
			return fmt.Errorf("%s/%s: %w", o.folder, o.name, err)
		}
		for name, text := range files {
			if err := update(filepath.Join(root, name), text); err != nil {
				return err
			}
		}
	}
	return nil
}

// files returns the contents of an output's files, by name in the module.
func (o output) files() (map[string][]byte, error) {
	assembly, source, err := o.write(path.Base(o.folder))
	if err != nil {
		return nil, err
	}
	name := path.Join(o.folder, o.name)
	files := map[string][]byte{name + ".go": source}
	if assembly != nil {
		files[name+".s"] = assembly
	}
	return files, nil
}

// moduleRoot returns the root folder of the module around the working directory.
func moduleRoot() (string, error) {
	file, err := toolchain.Go{}.Run(context.Background(), "env", "GOMOD")
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	if filepath.Base(file) != "go.mod" { // the null device, or nothing
		return "", errors.New("finding the module: the working directory is in none")
	}
	return filepath.Dir(file), nil
}

// update writes a file unless it already has that text. Its lines may end in "\r\n", as a
// checkout may have made them.
func update(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(front.WithoutCRLF(old), text) {
		return nil
	}
	return os.WriteFile(name, text, 0o644)
}
