package training

import (
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/runtime"
)

// The sizes of BenchmarkStep: NASCell, with an embedding as wide as the layer.
const (
	benchHidden = 512
	benchBatch  = 32
	benchSteps  = 20
)

// BenchmarkStep compares an update of a whole model, of a vocabulary of 256, with the forward and
// backward passes of its layer alone. Both report symbols a second.
func BenchmarkStep(b *testing.B) {
	cell := must(cells.Find("nascell"))
	rate := func(b *testing.B, work func()) {
		for b.Loop() {
			work()
		}
		b.ReportMetric(float64(b.N)*benchBatch*benchSteps/b.Elapsed().Seconds(), "symbols/s")
	}
	b.Run("model", func(b *testing.B) {
		text := make([]byte, benchBatch*benchSteps*4+1)
		for i := range text {
			text[i] = byte(i)
		}
		v := must(corpus.NewVocabulary(corpus.Bytes, text, 0))
		o := options()
		o.Options = language.Options{Hidden: benchHidden, Embed: benchHidden, Layers: 1, Seed: 1}
		o.Batch, o.Steps, o.Shards = benchBatch, benchSteps, 1
		m := must(language.New(cell, v, o.Options))
		t := must(New(m, o, must(v.Encode(text)), nil))
		rate(b, func() {
			t.Chunk = 0
			must(t.Step())
		})
	})
	b.Run("layer", func(b *testing.B) {
		l := must(runtime.NewLayer(cell, benchHidden, benchHidden))
		ws, s := must(l.NewWorkspace(benchSteps, benchBatch)), must(l.NewState(benchBatch))
		x := make([]float32, benchSteps*benchBatch*benchHidden)
		for i := range x {
			x[i] = float32(i%13-6) / 6
		}
		y, dx, params := make([]float32, len(x)), make([]float32, len(x)), l.Params("layer").WithGradients()
		rate(b, func() {
			params.Zero()
			check(l.Forward(ws, s, x, y))
			check(l.Backward(ws, nil, x, dx, params))
		})
	})
}
