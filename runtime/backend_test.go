package runtime

import (
	"os"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestBackend expects the backend that was asked for to be in use.
func TestBackend(t *testing.T) {
	// Read here too, so that go test knows that the result depends on it.
	want := os.Getenv("CELLGEN_BACKEND")
	if want == "" {
		want = Backends()[0]
	}
	if Backend() != want {
		t.Errorf("backend %s, want %s", Backend(), want)
	}
}

// TestUseBackend expects every name and the empty one to be accepted, and others refused.
func TestUseBackend(t *testing.T) {
	testkit.Force(t, Backend()) // restores it afterwards
	if !slices.Contains(Backends(), "gonum") {
		t.Errorf("backends are %v, want gonum among them", Backends())
	}
	for _, name := range Backends() {
		testkit.Check(UseBackend(name))
		if Backend() != name || Ordered() != (name != "openblas") {
			t.Errorf("%s: backend is %s, ordered %t", name, Backend(), Ordered())
		}
		checkError(t, UseBackend("abacus"), `runtime: UseBackend: no backend "abacus"; this processor and build have `)
		if Backend() != name {
			t.Errorf("a refused backend left %s, want %s", Backend(), name)
		}
	}
	testkit.Check(UseBackend(""))
	if Backend() != Backends()[0] {
		t.Errorf("the empty name selects %s, want %s", Backend(), Backends()[0])
	}
}

// TestEveryBackend runs the tests that depend on products on every backend except the
// active one, which runs them anyway.
func TestEveryBackend(t *testing.T) {
	used := Backend()
	for _, backend := range Backends() {
		if backend == used {
			continue
		}
		testkit.Force(t, backend)
		for name, test := range map[string]func(*testing.T){
			"Layer":         TestLayerAgainstReference,
			"WideLayer":     TestWideLayerAgainstReference,
			"LongSequence":  TestLongSequenceAgainstReference,
			"Chunks":        TestChunksAndStepsEqualSequence,
			"Rows":          TestRowsAreIndependent,
			"Padding":       TestPaddingIsIsolated,
			"Padded":        TestPaddedEqualsUnpadded,
			"Workers":       TestWorkers,
			"NaN":           TestNaNStaysInItsRow,
			"NoAllocations": TestNoAllocations,
		} {
			t.Run(backend+"/"+name, test)
		}
	}
}
