package rebuild

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSourceIsFound reads the files of a package, and no tests.
func TestSourceIsFound(t *testing.T) {
	files, err := ownFiles(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name, "_test.go") || f.Name == registrar {
			t.Errorf("%s is a part of the package", f.Name)
		}
	}
	if _, err := ownFiles(filepath.Join(os.TempDir(), "nowhere")); err == nil {
		t.Error("a folder without source is taken for a command's")
	}
}
