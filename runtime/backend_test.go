package runtime

import (
	"os"
	"slices"
	"testing"
)

// force makes a backend the active one, and its vectors unless others are asked for.
func force(b backend) {
	active = b
	vectors = must(vectorsNamed(forced))
}

// TestBackend fails if the one that was asked for is not the one that runs.
func TestBackend(t *testing.T) {
	// Read here as well, for go test to know that its result depends on it.
	want := os.Getenv("CELLGEN_BACKEND")
	if want == "" {
		want = Backends()[0]
	}
	if Backend() != want {
		t.Errorf("backend %s, want %s", Backend(), want)
	}
	defer func() {
		err, _ := recover().(error)
		checkError(t, err, `runtime: CELLGEN_BACKEND: no backend "abacus"; this processor and build have `)
	}()
	backendAtStart("abacus")
}

// TestUseBackend takes every name and the empty one, and refuses others.
func TestUseBackend(t *testing.T) {
	defer force(active)
	if !slices.Contains(Backends(), "gonum") {
		t.Errorf("backends are %v, without gonum", Backends())
	}
	for _, name := range Backends() {
		check(UseBackend(name))
		if Backend() != name || Ordered() != (name != "openblas") {
			t.Errorf("%s: backend is %s, ordered %t", name, Backend(), Ordered())
		}
		checkError(t, UseBackend("abacus"), `runtime: no backend "abacus"; this processor and build have `)
		if Backend() != name {
			t.Errorf("a refused backend left %s, want %s", Backend(), name)
		}
	}
	check(UseBackend(""))
	if Backend() != Backends()[0] {
		t.Errorf("no name is %s, want %s", Backend(), Backends()[0])
	}
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
			"WideLayer":        TestWideLayerAgainstReference,
			"LongSequence":     TestLongSequenceAgainstReference,
			"Dense":            TestDense,
			"DenseAccumulates": TestDenseAccumulatesAndChecks,
			"Chunks":           TestChunksAndStepsEqualSequence,
			"Rows":             TestRowsAreIndependent,
			"Padding":          TestPaddingIsIsolated,
			"Padded":           TestPaddedEqualsUnpadded,
			"Workers":          TestWorkers,
			"NaN":              TestNaNStaysInItsRow,
			"NoAllocations":    TestNoAllocations,
		} {
			t.Run(b.name+"/"+name, test)
		}
	}
}
