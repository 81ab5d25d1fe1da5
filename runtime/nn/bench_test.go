package nn

import (
	"fmt"
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

// BenchmarkTied times a projection whose kernel is an embedding's table beside a plain one.
func BenchmarkTied(b *testing.B) {
	for _, size := range []struct{ rows, width, vocabulary int }{{1, 64, 256}, {32, 64, 256}, {640, 160, 256}, {1, 512, 10000}, {640, 512, 10000}} {
		tied := testkit.Must(NewTied(testkit.Must(NewEmbedding(size.vocabulary, size.width))))
		for name, d := range map[string]*Dense{"plain": testkit.Must(NewDense(size.width, size.vocabulary)), "tied": tied} {
			x, y, params := make([]float32, size.rows*size.width), make([]float32, size.rows*size.vocabulary), d.Params("d").WithGradients()
			b.Run(fmt.Sprint(size.rows, size.width, size.vocabulary, "/forward/", name), func(b *testing.B) {
				for b.Loop() {
					testkit.Check(d.Forward(x, y))
				}
			})
			b.Run(fmt.Sprint(size.rows, size.width, size.vocabulary, "/backward/", name), func(b *testing.B) {
				for b.Loop() {
					testkit.Check(d.Backward(x, y, x, params))
				}
			})
		}
	}
}

// BenchmarkDropout times the masks of one part.
func BenchmarkDropout(b *testing.B) {
	const width = 512
	m, x := newMasks(0.5, 1), make([]float32, width)
	for b.Loop() {
		m.drop(x, x, sequence{drops: true, key: 1})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/width, "ns/value")
}
