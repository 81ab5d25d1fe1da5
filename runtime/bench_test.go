package runtime

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkLayer measures one time step, input as wide as hidden.
func BenchmarkLayer(b *testing.B) {
	const steps = 8
	for _, size := range []struct{ batch, hidden int }{{1, 256}, {16, 256}, {64, 512}} {
		p := newProblem(rand.New(rand.NewPCG(1, 1)), lstmKernel{}, steps, size.batch, size.hidden, size.hidden)
		l := newLayerOf(lstmKernel{}, p)
		ws, s, g := must(l.NewWorkspace(steps, p.batch)), must(l.NewState(p.batch)), l.NewGradients()
		x, y := to32(p.x), make([]float32, len(p.dy))
		dx, dy := make([]float32, len(x)), to32(p.dy)
		name := fmt.Sprintf("B=%d/H=%d", size.batch, size.hidden)
		perStep := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*steps), "ns/step")
		}
		b.Run("Forward/"+name, func(b *testing.B) {
			for b.Loop() {
				check(l.Forward(ws, s, x, y))
			}
			perStep(b)
		})
		b.Run("Backward/"+name, func(b *testing.B) {
			for b.Loop() {
				check(l.Backward(ws, s, dy, dx, g))
			}
			perStep(b)
		})
	}
}
