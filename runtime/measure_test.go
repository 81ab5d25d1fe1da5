package runtime_test

import (
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/cellgen/cellgen/generated/enas"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestMeasure compares the weights and a state that are measured with those that are made, to
// the room that their alignment takes. The command lm tests workspaces.
func TestMeasure(t *testing.T) {
	for _, cell := range []kernel.Cell{nascell.Kernel{}, enas.Kernel{}} {
		layer, err := runtime.NewLayer(cell, 5, 33)
		if err != nil {
			t.Fatal(err)
		}
		m, err := runtime.Measure(cell, 5, 33, 4, 7)
		if err != nil {
			t.Fatal(err)
		}
		weights, arrays := 0, 0
		for _, p := range layer.Params("").Distinct() {
			weights, arrays = weights+len(p.Value)*int(unsafe.Sizeof(p.Value[0])), arrays+1
		}
		state, err := layer.NewState(7)
		if err != nil {
			t.Fatal(err)
		}
		values := 0
		for _, name := range state.Names() {
			values += len(state.Of(name))
		}
		const line = 64
		if got, want := m.Weights, float64(weights+line*arrays); got != want {
			t.Errorf("%T: weights take %v bytes, want %v", cell, got, want)
		}
		if got, want := m.State, float64(4*values+line*len(state.Names())); got != want {
			t.Errorf("%T: a state takes %v bytes, want %v", cell, got, want)
		}
		if got := float64(parameters(layer)); m.Values != got {
			t.Errorf("%T: %v values, want %v", cell, m.Values, got)
		}
		if m.Output != layer.Output() || !(m.Workspace > 0) {
			t.Errorf("%T: measured %+v", cell, m)
		}
	}
}

// TestMeasureErrors expects errors of wrong sizes, and none of sizes that nothing has room for.
func TestMeasureErrors(t *testing.T) {
	cell := nascell.Kernel{}
	for _, test := range []struct {
		sizes [4]int
		want  string
	}{
		{[4]int{0, 1, 1, 1}, "runtime: NASCell Measure: input is 0, want at least 1"},
		{[4]int{1, 0, 1, 1}, "hidden is 0"},
		{[4]int{1, 1, 0, 1}, "steps is 0"},
		{[4]int{1, 1, 1, -1}, "batch is -1"},
		{[4]int{1, math.MaxInt, 1, 1}, "too large"},
		{[4]int{1, 1, math.MaxInt, math.MaxInt}, "too large"},
	} {
		s := test.sizes
		if _, err := runtime.Measure(cell, s[0], s[1], s[2], s[3]); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: error %v, want %q", s, err, test.want)
		}
	}
	if _, err := runtime.Measure(nil, 1, 1, 1, 1); err == nil {
		t.Error("no error of a nil cell")
	}
	if m, err := runtime.Measure(cell, 1, 1<<20, 1<<10, 1<<10); err != nil || m.Weights < 1<<40 {
		t.Errorf("measured %+v, %v", m, err)
	}
}

// parameters counts what a layer's Params are in a file.
func parameters(layer *runtime.Layer) (n int) {
	for _, p := range layer.Params("") {
		size := 1
		for _, s := range p.Shape {
			size *= s
		}
		n += size
	}
	return n
}
