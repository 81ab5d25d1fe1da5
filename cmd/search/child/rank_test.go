package child

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/runtime"
)

// readOpticks returns the default text of a study.
func readOpticks(t testing.TB) []byte {
	t.Helper()
	root, err := toolchain.Go{}.Run(t.Context(), "env", "GOROOT")
	if err != nil {
		t.Fatal(err)
	}
	opticks, err := os.ReadFile(filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt"))
	if err != nil {
		t.Fatalf("the text of the Go distribution: %v", err)
	}
	return opticks
}

// TestRanksCells expects children of the first rung to be long enough to tell a good cell from a
// simple one: the LSTM is ahead of the article's example with every seed.
func TestRanksCells(t *testing.T) {
	opticks := readOpticks(t)
	losses := make(map[string][]float64)
	for _, c := range []struct{ name, space, tokens string }{
		{"lstm", "tokens 5", "add sigmoid add tanh add identity add identity add sigmoid mul identity add sigmoid add tanh mul identity mul identity 7 4"},
		{"simplecell", "tokens 2", "add tanh mul relu mul sigmoid add relu 1 0"},
	} {
		s := DefaultSetup()
		s.Space, s.Text, s.Backend = c.space, Digest(opticks), runtime.Backend()
		tr, err := New(s, opticks)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(3) {
			r := train(t, tr, Task{Choices: choices(t, tr, c.tokens), Rate: 0.03, Seed: seed})
			if r.Outcome != Trained {
				r.Loss = 99
			}
			losses[c.name] = append(losses[c.name], r.Loss)
		}
	}
	t.Logf("nats a byte: %v", losses)
	for seed, loss := range losses["simplecell"] {
		if lstm := losses["lstm"][seed]; !(lstm < loss-0.05) {
			t.Errorf("seed %d: the lstm has %.4f nats a byte, the simplecell %.4f", seed, lstm, loss)
		}
	}
}

// BenchmarkFirstRung races the four rates of random cells of base 8 on the first rung, at the default
// sizes, one child on each processor: children/min is of all of them. Some end early: take
// -benchtime 100x or more.
func BenchmarkFirstRung(b *testing.B) {
	opticks := readOpticks(b)
	s := DefaultSetup()
	s.Space, s.Text, s.Backend = "tokens 8", Digest(opticks), runtime.Backend()
	tr, err := New(s, opticks)
	if err != nil {
		b.Fatal(err)
	}
	cells := rand.New(rand.NewPCG(1, 0))
	all := make(chan []int, b.N)
	for range b.N {
		all <- space.Random(tr.space, cells)
	}
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			child := <-all
			for _, rate := range s.Rates {
				if _, err := tr.Train(b.Context(), Task{Choices: child, Rate: rate}); err != nil {
					b.Error(err)
				}
			}
		}
	})
	b.ReportMetric(60*float64(b.N)/b.Elapsed().Seconds(), "children/min")
}
