package runtime

import (
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// TestNoAllocations expects no method to allocate once its workspace exists, also at sizes
// at which a single call of gonum would.
func TestNoAllocations(t *testing.T) {
	for _, size := range []struct{ batch, input, hidden int }{{1, 3, 17}, {3, 300, 16}, {64, 512, 512}} {
		l := testkit.Must(NewLayer(lstmKernel{bias: true}, size.input, size.hidden))
		const steps = 2
		ws, s, g := testkit.Must(l.NewWorkspace(steps, size.batch)), testkit.Must(l.NewState(size.batch)), newGradients(l)
		one, masked := testkit.Must(l.NewState(1)), testkit.Must(l.NewWorkspace(steps, size.batch))
		clear(testkit.Must(masked.Mask("h"))[:1])
		x, y := make([]float32, steps*len(s.Of("h"))/size.hidden*size.input), make([]float32, steps*len(s.Of("h")))
		for name, call := range map[string]func() error{
			"Forward":  func() error { return l.Forward(ws, s, x, y) },
			"Backward": func() error { testkit.Check(l.Forward(ws, s, x, y)); return l.Backward(ws, s, y, x, g.Params) },
			"Step":     func() error { return l.Step(ws, s, x[:len(x)/steps], y[:len(y)/steps]) },
			"masked": func() error {
				testkit.Check(l.Forward(masked, s, x, y))
				return l.Backward(masked, s, y, x, g.Params)
			},
			"one row": func() error {
				testkit.Check(l.Forward(ws, one, x[:steps*size.input], y[:steps*size.hidden]))
				return l.Backward(ws, one, y[:steps*size.hidden], nil, g.Params)
			},
		} {
			testkit.Check(call()) // workers start
			if n := testing.AllocsPerRun(2, func() { testkit.Check(call()) }); n != 0 {
				t.Errorf("%s at %v allocates %v times", name, size, n)
			}
		}
	}
}
