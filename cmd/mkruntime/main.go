// Command mkruntime writes the generated files of the runtime, and of what measures
// it, wherever in the module it is run: the operator table's functions, in Go and in
// assembly, and the products' assembly.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
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

// files returns what an output has, by their names in the module.
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

// moduleRoot returns the folder of the module that the working directory is in.
func moduleRoot() (string, error) {
	file, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(file))), nil
}

// update writes a file unless it has that text.
func update(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(name, text, 0o644)
}
