package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/gen/emit/amd64"
	"github.com/cellgen/cellgen/gen/emit/gosrc"
)

// TestShippedCellsAreFresh holds the shipped cells to their specs.
func TestShippedCellsAreFresh(t *testing.T) {
	specs, err := filepath.Glob("../../generated/*/spec.toml")
	if err != nil || len(specs) < 3 {
		t.Fatalf("%d specs, %v", len(specs), err)
	}
	for _, spec := range specs {
		var out bytes.Buffer
		if code := run([]string{"generate", "-check", spec}, &out, &out); code != 0 {
			t.Errorf("%s: exit %d, make generate mends it:\n%s", spec, code, &out)
		}
	}
}

// TestRuntimeIsFresh holds the runtime's elementwise functions to the operator
// table.
func TestRuntimeIsFresh(t *testing.T) {
	portable, err := gosrc.WriteFunctions()
	if err != nil {
		t.Fatal(err)
	}
	assembly, stubs, err := amd64.WriteFunctions()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{
		"math_cellgen.go": portable, "math_cellgen_amd64.s": assembly, "math_cellgen_amd64.go": stubs,
	} {
		got, err := os.ReadFile(filepath.Join("../../runtime", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("runtime/%s is not what the operator table gives (%v); make generate mends it", name, err)
		}
	}
}
