package runtime

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// BenchmarkLayer measures one time step, with as many inputs as units.
func BenchmarkLayer(b *testing.B) {
	const steps = 8
	for _, size := range []struct{ batch, hidden int }{{1, 256}, {16, 256}, {64, 512}} {
		p := newProblem(rand.New(rand.NewPCG(1, 1)), lstmKernel{}, steps, size.batch, size.hidden, size.hidden)
		l := newLayerOf(lstmKernel{}, p)
		ws, s, g := testkit.Must(l.NewWorkspace(steps, p.batch)), testkit.Must(l.NewState(p.batch)), newGradients(l)
		x, y := testkit.To32(p.x), make([]float32, len(p.dy))
		dx, dy := make([]float32, len(x)), testkit.To32(p.dy)
		name := fmt.Sprintf("B=%d/H=%d", size.batch, size.hidden)
		perStep := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*steps), "ns/step")
		}
		b.Run("Forward/"+name, func(b *testing.B) {
			for b.Loop() {
				testkit.Check(l.Forward(ws, s, x, y))
			}
			perStep(b)
		})
		b.Run("Backward/"+name, func(b *testing.B) {
			for b.Loop() {
				testkit.Check(l.Backward(ws, s, dy, dx, g.Params))
			}
			perStep(b)
		})
	}
}
