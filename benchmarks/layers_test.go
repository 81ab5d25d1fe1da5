// Package benchmarks measures the shipped cells: generated and interpreted, with every
// instruction set, on every backend of products. See its README.
package benchmarks

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
)

// shipped lists the shipped cells, by the names of their folders.
var shipped = map[string]timing.NewLayer{"nascell": nascell.New, "lstm": lstm.New, "simplecell": simplecell.New}

// newLayers returns a shipped cell's layers with D = H: one runs the generated kernel, one
// the interpreter.
func newLayers(tb testing.TB, name string, hidden int) (generated, interpreted *runtime.Layer) {
	tb.Helper()
	file := filepath.Join("../generated", name, "spec.toml")
	src, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	spec, err := cell.ReadSpec(file, src)
	if err != nil {
		tb.Fatal(err)
	}
	generated, interpreted, err = timing.Layers(spec, shipped[name], hidden)
	if err != nil {
		tb.Fatal(err)
	}
	return generated, interpreted
}

// variant is an implementation of a cell: its kernel, either "interpreted" or a set of
// vectors, and the backend of products.
type variant struct{ kernel, backend string }

// variants returns all variants that this processor and build have. Kernels of avx2 take
// avx2's native products; others take the fastest.
func variants() (all []variant) {
	for _, kernel := range append([]string{"interpreted"}, runtime.VectorSets()...) {
		native := runtime.Backends()[0]
		for _, backend := range runtime.Backends() {
			if kernel == backend {
				native = backend
			}
		}
		for _, backend := range runtime.Backends() {
			if backend == native || backend == "gonum" || backend == "openblas" {
				all = append(all, variant{kernel, backend})
			}
		}
	}
	return all
}

// use makes the variant compute, until the benchmark or test ends.
func (v variant) use(tb testing.TB) {
	was := runtime.Backend()
	tb.Cleanup(func() {
		if err := runtime.UseBackend(was); err != nil {
			tb.Error(err)
		}
		useVectors("")
	})
	if err := runtime.UseBackend(v.backend); err != nil {
		tb.Fatal(err)
	}
	if v.kernel == "interpreted" {
		useVectors("") // the fastest functions
	} else {
		useVectors(v.kernel)
	}
}

func (v variant) String() string {
	products := "native"
	if v.backend == "gonum" || v.backend == "openblas" {
		products = v.backend
	}
	return fmt.Sprintf("kernel=%s/products=%s", v.kernel, products)
}

func useVectors(name string) {
	if err := runtime.UseVectors(name); err != nil {
		panic(err)
	}
}
