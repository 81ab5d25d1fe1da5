package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestShippedCellsAreFresh checks that the shipped cells are generated from their specs.
func TestShippedCellsAreFresh(t *testing.T) {
	specs, err := filepath.Glob("../../generated/*/spec.toml")
	if err != nil || len(specs) < 3 {
		t.Fatalf("%d specs, %v", len(specs), err)
	}
	for _, spec := range specs {
		var out bytes.Buffer
		if code := run([]string{"generate", "-check", spec}, &out, &out); code != 0 {
			t.Errorf("%s: exit %d; run make generate:\n%s", spec, code, &out)
		}
	}
}
