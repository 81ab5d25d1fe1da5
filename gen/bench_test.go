package gen_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
)

// BenchmarkGenerate times the whole compiler, from a tree to the files of its
// package: NASCell, and random cells of every base.
func BenchmarkGenerate(b *testing.B) {
	const nascell = "add sigmoid add relu add sigmoid mul relu add tanh add sigmoid add tanh add sigmoid " +
		"mul tanh add tanh mul tanh add sigmoid mul identity add tanh mul tanh add tanh 12 8"
	c, err := cell.Parse("tokens", nascell)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("cell=nascell", func(b *testing.B) { generate(b, func() *cell.Cell { return c }) })
	for leaves := 2; leaves <= 64; leaves *= 2 {
		random := rand.New(rand.NewPCG(20, 17))
		b.Run(fmt.Sprintf("base=%d", leaves), func(b *testing.B) {
			generate(b, func() *cell.Cell { return cell.Random(random, leaves) })
		})
	}
}

func generate(b *testing.B, draw func() *cell.Cell) {
	b.ReportAllocs()
	bytes := 0
	for b.Loop() {
		files, err := gen.Compile(&cell.Spec{Name: "Cell", Package: "cell", Cell: draw()}, nil).Generate()
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			bytes += len(f.Data)
		}
	}
	b.ReportMetric(float64(bytes)/float64(b.N)/1e3, "KB")
}
