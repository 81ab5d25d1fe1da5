package runtime

import (
	"fmt"
	"math"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// TestAllSizes tries every pair of wrong, awkward and large sizes: a layer, or anything made
// of it, is an error or takes a few times as much memory as its weights, padded to blocks.
func TestAllSizes(t *testing.T) {
	slots := float64(lstmKernel{}.Describe().Stages[0].Slots)
	for _, input := range testkit.Sizes {
		for _, hidden := range testkit.Sizes {
			var l *Layer
			bytes := testkit.Product(input, hidden)
			if bytes > 0 {
				padded := math.Ceil(float64(hidden)/kernel.Units) * kernel.Units
				bytes = 4 * slots * padded * (float64(input) + float64(hidden))
			}
			name := fmt.Sprintf("of %d and %d", input, hidden)
			testkit.Sized(t, "NewLayer "+name, bytes, func() (err error) {
				l, err = NewLayer(lstmKernel{bias: true}, input, hidden)
				return err
			})
			if l != nil {
				tryAll(t, l, name, bytes)
			}
		}
	}
}

// tryAll makes everything that is made of a layer, whose weights have a number of bytes.
func tryAll(t *testing.T, l *Layer, name string, bytes float64) {
	params, w := l.Params("layer"), l.Export()
	ws := testkit.Must(l.NewWorkspace(1, 1))
	for what, call := range map[string]func() error{
		"gradients":    func() error { params.WithGradients(); return nil },
		"Export":       func() error { _ = l.Export(); return nil },
		"Import":       func() error { return l.Import(w) },
		"Half":         func() error { _, err := l.Half(); return err },
		"NewWorkspace": func() error { _, err := l.NewWorkspace(1, 1); return err },
	} {
		testkit.Sized(t, what+" "+name, bytes, call)
	}
	params = params.WithGradients()
	s, x := testkit.Must(l.NewState(1)), make([]float32, l.input)
	testkit.Sized(t, "Forward and Backward "+name, 0, func() error {
		testkit.Check(l.Forward(ws, s, x, make([]float32, l.hidden)))
		return l.Backward(ws, nil, nil, x, params)
	})
}

// TestAllRows does the same with the sizes of workspaces and states.
func TestAllRows(t *testing.T) {
	l := testkit.Must(NewLayer(lstmKernel{bias: true}, 3, 5))
	half := testkit.Must(l.Half())
	for _, steps := range testkit.Sizes {
		testkit.Sized(t, fmt.Sprintf("NewState(%d)", steps), 4*2*5*testkit.Product(steps), func() error {
			_, err := l.NewState(steps)
			return err
		})
		for _, batch := range testkit.Sizes {
			stage := l.Stages[0]
			bytes := 4 * 16 * float64(stage.Saved+2*stage.Slots+2) * testkit.Product(steps, batch)
			name := fmt.Sprintf("NewWorkspace(%d, %d)", steps, batch)
			testkit.Sized(t, name, bytes, func() error { _, err := l.NewWorkspace(steps, batch); return err })
			testkit.Sized(t, "half "+name, bytes, func() error { _, err := half.NewWorkspace(steps, batch); return err })
		}
	}
}
