package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestFresh holds what is checked in to what would be written.
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
				t.Errorf("%s is not what would be written (%v); make generate mends it", name, err)
			}
		}
	}
}
