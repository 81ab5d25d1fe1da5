package runtime

import (
	"os"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/machine"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestVectors expects vectors to follow the backend until others are asked for.
func TestVectors(t *testing.T) {
	testkit.Force(t, Backend()) // restores it afterwards
	defer func(name string) { testkit.Check(UseVectors(name)) }(machine.Asked())
	if want := os.Getenv("CELLGEN_VECTORS"); want != "" && Vectors() != want {
		t.Errorf("vectors %s, want %s", Vectors(), want)
	}
	testkit.Check(UseVectors(""))
	for _, backend := range Backends() {
		testkit.Check(UseBackend(backend))
		want := map[string]string{"openblas": VectorSets()[0], "gonum": "go"}[backend]
		if want == "" {
			want = backend
		}
		if Vectors() != want {
			t.Errorf("backend %s has vectors %s, want %s", backend, Vectors(), want)
		}
	}
	for _, name := range VectorSets() {
		testkit.Check(UseVectors(name))
		testkit.Check(UseBackend(""))
		if Vectors() != name || kernel.Vectors().String() != name {
			t.Errorf("vectors %s, want %s whatever the backend", Vectors(), name)
		}
		checkError(t, UseVectors("abacus"), `runtime: UseVectors: no vectors "abacus"; this processor and build have `)
	}
}
