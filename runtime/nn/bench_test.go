package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/internal/testkit"
)

// BenchmarkOptimizers times updates of weights that fit into a cache, with ordinary
// gradients and with gradients that are zero, as most of an embedding's are.
func BenchmarkOptimizers(b *testing.B) {
	const n = 1 << 14
	random := testkit.To32(testkit.Randoms(rand.New(rand.NewPCG(1, 2)), n))
	for name, grad := range map[string][]float32{"ordinary": random, "zero": make([]float32, n)} {
		for kind, newOptimizer := range optimizers() {
			b.Run(kind+"/"+name, func(b *testing.B) {
				p, o := runtime.Params{{Name: "p", Value: make([]float32, n), Grad: grad}}, newOptimizer()
				for b.Loop() {
					testkit.Check(o.Step(p))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/weight")
			})
		}
	}
}
