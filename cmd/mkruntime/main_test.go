package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is stale (%v); run make generate", name, err)
			}
		}
	}
}
