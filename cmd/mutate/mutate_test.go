package main

import (
	"os"
	"strings"
	"testing"
)

// TestFaultsApply compares the table with the code: every fault can be seeded, and its outcome
// is in the checked-in list, whatever its package was then.
func TestFaultsApply(t *testing.T) {
	if len(faults) < 60 {
		t.Errorf("%d faults, want at least 60", len(faults))
	}
	t.Chdir("../..")
	data, err := os.ReadFile("cmd/mutate/killed.txt")
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(map[string]bool)
	for line := range strings.Lines(string(data)) {
		in, rest, _ := strings.Cut(line, "  ")
		if what, _, ok := strings.Cut(strings.TrimSpace(rest), "  "); ok {
			_, unqualified, _ := strings.Cut(in, ".")
			outcomes[in+" "+what], outcomes[unqualified+" "+what] = true, true
		}
	}
	for _, s := range suites {
		if _, err := os.Stat(s.folder); err != nil {
			t.Errorf("tests for a folder that is gone: %v", err)
		}
	}
	ds := read(t, ".")
	for _, f := range faults {
		if !outcomes[f.in+" "+f.what] {
			t.Errorf("%s: %s: not in killed.txt; run make mutate", f.in, f.what)
		}
		d, err := f.declaration(ds)
		if err != nil {
			t.Error(err)
			continue
		}
		suite(d)
	}
}

func read(t *testing.T, root string) declarations {
	t.Helper()
	ds, err := readDeclarations(root)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}
