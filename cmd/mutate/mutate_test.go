package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestFaultsApply compares the table with the code: every fault can be seeded, and its outcome
// is in the checked-in list, which has no others, whatever its package was then.
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
	if rows := strings.Count(string(data), "\n") - 2; rows != len(faults) {
		t.Errorf("killed.txt has %d rows, want %d", rows, len(faults))
	}
	if want := fmt.Sprintf("%d faults, %[1]d killed, 0 survived", len(faults)); !strings.HasSuffix(strings.TrimSpace(string(data)), want) {
		t.Errorf("killed.txt does not end with %q", want)
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
