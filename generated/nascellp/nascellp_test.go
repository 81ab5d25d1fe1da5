package nascellp_test

import (
	"math"
	"slices"
	"testing"

	"github.com/cellgen/cellgen/generated/nascellp"
	"github.com/cellgen/cellgen/runtime"
)

// TestTensorFlow is TensorFlow Addons' own test of its NASCell with a projection: 6 units, 5 of
// the projection, a batch of three rows of 4 inputs, which are all 1, all 2 and all 3; all
// weights are 0.5, and h = c = 0.1.
func TestTensorFlow(t *testing.T) {
	const input, hidden, proj, batch = 4, 6, 5, 3
	layer, err := nascellp.New(input, hidden, runtime.Width("proj", proj))
	if err != nil {
		t.Fatal(err)
	}
	w := layer.Export()
	for _, values := range w.Params {
		fill(values, 0.5)
	}
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
	var x []float32
	for b := range batch {
		x = append(x, slices.Repeat([]float32{float32(b + 1)}, input)...)
	}
	if err := layer.Step(ws, s, x, nil); err != nil {
		t.Fatal(err)
	}
	near := func(name string, width int, want []float64) {
		for i, v := range s.Of(name) {
			if w := want[i/width]; math.Abs(float64(v)-w) > 1e-6 {
				t.Errorf("row %d: %s[%d] = %.8f, want %.8f", i/width, name, i%width, v, w)
			}
		}
	}
	near("h", proj, []float64{1.69741797, 1.84003687, 1.87398517})
	near("c", hidden, []float64{0.69855207, 0.77073824, 0.78973997})
}

func fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

// TestTwoStages expects the products with x and h to be one stage's, and the projection another.
func TestTwoStages(t *testing.T) {
	stages := 0
	for _, s := range (nascellp.Kernel{}).Describe().Stages {
		if !s.Batched && len(s.Products) > 0 {
			stages++
		}
	}
	if stages != 2 {
		t.Errorf("%d stages with products in a step, want 2", stages)
	}
}
