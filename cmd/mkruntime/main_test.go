package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/gen/front"
)

// TestFresh compares the checked-in files with what would be written.
func TestFresh(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outputs {
		files, err := o.files()
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join(root, name))
			if err != nil || !bytes.Equal(front.WithoutCRLF(got), want) {
				t.Errorf("%s is stale (%v); run make generate", name, err)
			}
		}
	}
}
