package main

import (
	"os"
	"strings"
	"testing"
)

// TestFaultsApply holds the table to the code: every fault can be seeded, and its
// outcome is in the table that is checked in.
func TestFaultsApply(t *testing.T) {
	if len(faults) < 60 {
		t.Errorf("%d faults, want 60 at least", len(faults))
	}
	t.Chdir("../..")
	data, err := os.ReadFile("cmd/mutate/killed.txt")
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(map[string]bool)
	for line := range strings.Lines(string(data)) {
		columns := strings.SplitN(line, "  ", 2)
		if what, _, ok := strings.Cut(strings.TrimSpace(columns[len(columns)-1]), "  "); ok {
			outcomes[columns[0]+" "+what] = true
		}
	}
	for _, f := range faults {
		if !outcomes[f.file+" "+f.what] {
			t.Errorf("%s: %s: not in killed.txt; make mutate", f.file, f.what)
		}
		if _, err := f.seeded(); err != nil {
			t.Errorf("%s: %s: %v", f.file, f.what, err)
		}
		f.suite()
	}
}
