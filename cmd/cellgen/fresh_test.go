package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestShippedCellsAreFresh checks that the shipped cells are generated from their sources.
func TestShippedCellsAreFresh(t *testing.T) {
	var specs []string
	for _, pattern := range []string{"generated/*/spec.toml", "generated/*/*.cell", "benchmarks/cells/*/*.cell"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil || len(found) < 3 {
			t.Fatalf("%s: %d sources, %v", pattern, len(found), err)
		}
		specs = append(specs, found...)
	}
	for _, spec := range specs {
		var out bytes.Buffer
		if code := run([]string{"generate", "-check", spec}, &out, &out); code != 0 {
			t.Errorf("%s: exit %d; run make generate:\n%s", spec, code, &out)
		}
	}
}
