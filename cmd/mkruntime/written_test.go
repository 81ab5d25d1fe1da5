package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

// TestWritten runs the tests of the packages that what would be written is for, with
// that in the place of what is checked in. Where the two are equal, the packages'
// own tests do so.
func TestWritten(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	dir, replace, packages := t.TempDir(), make(map[string]string), make(map[string]bool)
	for _, o := range outputs {
		files, err := o.files()
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			if old, err := os.ReadFile(filepath.Join(root, name)); err == nil && bytes.Equal(front.WithoutCRLF(old), text) {
				continue
			}
			written := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
			if err := os.WriteFile(written, text, 0o666); err != nil {
				t.Fatal(err)
			}
			replace[filepath.Join(root, name)] = written
			packages["./"+path.Dir(name)] = true
		}
	}
	if len(packages) == 0 {
		return
	}
	overlay := filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(overlay, text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-short", "-vet=off", "-overlay=" + overlay}
	cmd := exec.Command("go", append(args, slices.Sorted(maps.Keys(packages))...)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with what would be written: %v\n%.4000s", err, out)
	}
}

// TestNoFrames wants every function to have registers for all of its values: one that
// has too many keeps some in a frame, and loads and stores them again and again.
func TestNoFrames(t *testing.T) {
	for _, o := range outputs {
		assembly, _, err := o.write("p")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames.FindAllSubmatch(assembly, -1) {
			if string(f[2]) != "0" {
				t.Errorf("%s: %s has a frame of %s bytes", o.name, f[1], f[2])
			}
		}
	}
}

var frames = regexp.MustCompile(`(?m)^TEXT ·(\w+)\(SB\).*\$(\d+)-\d+$`)
