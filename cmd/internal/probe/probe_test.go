package probe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen"
)

// TestBuild builds and runs a program of two packages, in a module below this one's command lm,
// against the source that the test was built from.
func TestBuild(t *testing.T) {
	source, err := Own(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if mod, err := os.ReadFile(filepath.Join(source, "go.mod")); err != nil || !strings.HasPrefix(string(mod), "module "+Module+"\n") {
		t.Fatalf("%s, which is taken for the source: %v", source, err)
	}
	p := Program{
		Dir: t.TempDir(), Path: Module + "/cmd/lm/test", Source: source,
		Main: []gen.File{{Name: "main.go", Data: []byte(`package main

import (
	"os"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/lm/test/other"
)

func main() { plain.Writer(os.Stdout).Write([]byte(other.Text)) }
`)}},
		Packages: map[string][]gen.File{"other": {{Name: "other.go", Data: []byte("package other\n\nconst Text = \"built\"\n")}}},
	}
	file, err := p.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(file).CombinedOutput(); err != nil || string(out) != "built" {
		t.Errorf("the program prints %q, %v", out, err)
	}
}
