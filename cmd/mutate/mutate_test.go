package main

import (
	"os"
	"testing"
)

// TestFaultsApply holds the table to the code: every fault can be seeded, and its
// outcome is in the table that is checked in.
func TestFaultsApply(t *testing.T) {
	if len(faults) < 60 {
		t.Errorf("%d faults, want 60 at least", len(faults))
	}
	t.Chdir("../..")
	if _, err := os.Stat("go.mod"); err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if _, err := f.seeded(); err != nil {
			t.Errorf("%s: %s: %v", f.file, f.what, err)
		}
		f.suite()
	}
}
