package runtime

import (
	"os"
	"testing"
)

// force makes a backend the active one.
func force(b backend) { active = b }

// TestBackend fails if the one that was asked for is not the one that runs.
func TestBackend(t *testing.T) {
	// Read here as well, for go test to know that its result depends on it.
	want := os.Getenv("CELLGEN_BACKEND")
	if want == "" {
		want = backends[0].name
	}
	if Backend() != want {
		t.Errorf("backend %s, want %s", Backend(), want)
	}
	defer func() {
		const message = `CELLGEN_BACKEND is "abacus", this processor and build have `
		if err, ok := recover().(error); !ok {
			t.Error("no panic for an unknown backend")
		} else {
			checkError(t, err, message)
		}
	}()
	backendNamed("abacus")
}

// TestEveryBackend runs what depends on products on each backend but the active
// one, on which it runs anyway.
func TestEveryBackend(t *testing.T) {
	defer force(active)
	used := Backend()
	for _, b := range backends {
		if b.name == used {
			continue
		}
		force(b)
		for name, test := range map[string]func(*testing.T){
			"Layer":            TestLayerAgainstReference,
			"LongSequence":     TestLongSequenceAgainstReference,
			"Dense":            TestDense,
			"DenseAccumulates": TestDenseAccumulatesAndChecks,
			"Chunks":           TestChunksAndStepsEqualSequence,
			"Rows":             TestRowsAreIndependent,
			"Padding":          TestPaddingIsIsolated,
			"NaN":              TestNaNStaysInItsRow,
			"NoAllocations":    TestNoAllocations,
		} {
			t.Run(b.name+"/"+name, test)
		}
	}
}
