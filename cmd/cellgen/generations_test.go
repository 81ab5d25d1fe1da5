package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
)

// TestMixedGenerations mixes the files of two generations of a package in all ways, for
// amd64 and for a machine without assembly: a program links if all files are of one
// generation, and otherwise the error names the generation. The two cells have equally many
// slots and saved values, so that nothing else would give them away.
func TestMixedGenerations(t *testing.T) {
	var versions [2][]gen.File
	for i, tokens := range []string{"add tanh add sigmoid 0 0", "add sigmoid add tanh 0 0"} {
		c, err := cell.Parse("tokens", tokens)
		if err != nil {
			t.Fatal(err)
		}
		if versions[i], err = gen.Compile(&cell.Spec{Name: "A", Package: "a", Cell: c}, nil).Generate(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	source, err := probe.Required(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	main, folders := harnessMain(map[string][]gen.File{"A": versions[0]})
	program, err := buildProgram(t.Context(), dir, source, main, folders)
	if err != nil {
		t.Fatal(err)
	}
	for machine, suffixes := range map[string][]string{
		"amd64": {"_cellgen.go", "_amd64.go", "_amd64.s"},
		"s390x": {"_cellgen.go", "_noasm.go"},
	} {
		for mix := range 1 << len(suffixes) {
			for i, suffix := range suffixes {
				for _, f := range versions[mix>>i&1] {
					if strings.HasSuffix(f.Name, suffix) {
						if err := os.WriteFile(filepath.Join(dir, "cell0", f.Name), f.Data, 0o666); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			cmd := exec.Command("go", "build", "-mod=mod", "-o", program, ".")
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOARCH="+machine, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
			out, err := cmd.CombinedOutput()
			one := mix == 0 || mix == 1<<len(suffixes)-1
			if (err == nil) != one || !one && !strings.Contains(string(out), "generation") {
				t.Errorf("%s, files %s: %v\n%s", machine, fmt.Sprintf("%0*b", len(suffixes), mix), err, out)
			}
		}
	}
}
