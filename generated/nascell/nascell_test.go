package nascell_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestTensorFlow is TensorFlow Addons' own test of its NASCell: 6 units, a batch of three
// rows of 4 inputs, which are all 1, all 2 and all 3; all weights are 0.5, without bias, and
// h = c = 0.1.
func TestTensorFlow(t *testing.T) {
	const input, hidden, batch = 4, 6, 3
	layer, err := nascell.New(input, hidden)
	if err != nil {
		t.Fatal(err)
	}
	w := layer.Export()
	fill(w.Kernel, 0.5)
	fill(w.Recurrent, 0.5)
	if err := layer.Import(w); err != nil {
		t.Fatal(err)
	}
	ws, err := layer.NewWorkspace(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	s, err := layer.NewState(batch)
	if err != nil {
		t.Fatal(err)
	}
	fill(s.Of("h"), 0.1)
	fill(s.Of("c"), 0.1)
	x := make([]float32, batch*input)
	for b := range batch {
		fill(x[b*input:][:input], float32(b+1))
	}
	if err := layer.Step(ws, s, x, nil); err != nil {
		t.Fatal(err)
	}
	wantH := []float64{0.576751, 0.618936, 0.627393}
	wantC := []float64{0.7157977, 0.7804162, 0.7945764}
	for b := range batch {
		for u := range hidden {
			h, c := float64(s.Of("h")[b*hidden+u]), float64(s.Of("c")[b*hidden+u])
			if math.Abs(h-wantH[b]) > 1e-6 || math.Abs(c-wantC[b]) > 1e-6 {
				t.Errorf("row %d, unit %d: h = %.7f, c = %.7f, want %.6f and %.7f", b, u, h, c, wantH[b], wantC[b])
			}
		}
	}
}

func fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

// Example runs a layer over a batch of two sequences of three steps.
func Example() {
	layer, err := nascell.New(4, 32)
	if err != nil {
		panic(err)
	}
	ws, err := layer.NewWorkspace(3, 2)
	if err != nil {
		panic(err)
	}
	state, err := layer.NewState(2)
	if err != nil {
		panic(err)
	}
	x, y := slices.Repeat([]float32{1}, 3*2*4), make([]float32, 3*2*32) // time-major
	if err := layer.Forward(ws, state, x, y); err != nil {
		panic(err)
	}
	fmt.Printf("h %.3f…, c %.3f…\n", state.Of("h")[0], state.Of("c")[0])
	// Output:
	// h 0.056…, c 0.070…
}

var _ kernel.Cell = nascell.Kernel{}
