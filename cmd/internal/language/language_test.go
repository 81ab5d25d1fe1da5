package language

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/runtime"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

const text = "the quick brown fox jumps over the lazy dog\n"

// newModel returns a model with random weights, enlarged so that its predictions differ.
func newModel(cell string, level corpus.Level, o Options) *Model {
	m := must(New(must(cells.Find(cell)), must(corpus.NewVocabulary(level, []byte(text), 0)), o))
	for _, p := range m.Stack.Params("") {
		for i := range p.Value {
			p.Value[i] *= 3
		}
	}
	return m
}

var options = Options{Hidden: 17, Embed: 17, Layers: 2, Seed: 1}

// TestSave expects a model that is read to predict what the saved one does, bit for bit, and to
// need nothing but its file: not the name of its cell, and not the cell's file.
func TestSave(t *testing.T) {
	tied := options
	tied.Tied, tied.Project, tied.Dropout, tied.RecurrentDropout = true, 9, 0.5, 0.5
	const oracle = "../../../gen/equation/testdata/oracle/"
	for _, test := range []struct {
		cell  string
		level corpus.Level
		o     Options
	}{
		{"lstm", corpus.Bytes, options},
		{"gru", corpus.Words, tied},
		{"nascell", corpus.Chars, options},
		{oracle + "SRU.cell", corpus.Bytes, options},
		{"../../../generated/nascell/spec.toml", corpus.Bytes, options},
	} {
		m := newModel(test.cell, test.level, test.o)
		path := filepath.Join(t.TempDir(), "model")
		if err := m.Save(path, map[string]string{"a": "b"}); err != nil {
			t.Fatal(err)
		}
		read, about, err := Load(path)
		if err != nil {
			t.Fatalf("%s: %v", test.cell, err)
		}
		symbols := must(m.Vocabulary.Encode([]byte(text)))
		want := must(must(m.NewEvaluator(10)).Nats(t.Context(), symbols))
		got := must(must(read.NewEvaluator(10)).Nats(t.Context(), must(read.Vocabulary.Encode([]byte(text)))))
		if got != want && runtime.Ordered() || about["a"] != "b" || len(about) != 1 {
			t.Errorf("%s: %v nats, want %v; metadata %v", test.cell, got, want, about)
		}
		if interpreted := read.Cell.Program != nil; interpreted != strings.Contains(test.cell, "SRU") {
			t.Errorf("%s: interpreted is %t", test.cell, interpreted)
		}
	}
	if _, _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that does not exist")
	}
}

// TestEvaluator expects the length of chunks to change only the order of a sum, as the state is
// carried from chunk to chunk, and no symbol of the last, shorter chunk to be lost.
func TestEvaluator(t *testing.T) {
	m := newModel("lstm", corpus.Bytes, options)
	symbols := must(m.Vocabulary.Encode([]byte(text)))
	want := must(must(m.NewEvaluator(100)).Nats(t.Context(), symbols))
	for _, steps := range []int{1, 6, len(symbols) - 1} {
		e := must(m.NewEvaluator(steps))
		for range 2 { // the second begins anew
			if got := must(e.Nats(t.Context(), symbols)); math.Abs(got-want) > 1e-5 {
				t.Errorf("in chunks of %d: %v nats, at once %v", steps, got, want)
			}
		}
	}
	var forgetful float64
	e := must(m.NewEvaluator(1))
	for i := range len(symbols) - 1 {
		forgetful += must(e.Nats(t.Context(), symbols[i:i+2]))
	}
	if math.Abs(forgetful-want) < 0.1 {
		t.Errorf("without state %v nats, with it %v", forgetful, want)
	}
}

// TestSampler expects symbols to be drawn as often as an evaluation says that they are likely.
func TestSampler(t *testing.T) {
	m := newModel("gru", corpus.Bytes, options)
	prompt := must(m.Vocabulary.Encode([]byte("the ")))
	const draws = 4000
	counts := make([]float64, m.Vocabulary.Len())
	s := must(m.NewSampler(Draw{Temperature: 1, Seed: 1}))
	for range draws {
		s.state.Reset()
		if err := s.Read(t.Context(), prompt); err != nil {
			t.Fatal(err)
		}
		counts[must(s.Next())]++
	}
	e := must(m.NewEvaluator(10))
	before := must(e.Nats(t.Context(), prompt))
	for symbol, n := range counts {
		p := math.Exp(before - must(e.Nats(t.Context(), append(slices.Clone(prompt), int32(symbol)))))
		if deviation := math.Sqrt(draws * p * (1 - p)); math.Abs(n-draws*p) > 5*deviation+1e-3 {
			t.Errorf("symbol %d is drawn %v times, want %v ± %v", symbol, n, draws*p, deviation)
		}
	}
}

// TestDice: at temperature 2, logits of 2·ln 6, 2·ln 3 and 0 give odds of 6 to 3 to 1.
func TestDice(t *testing.T) {
	logits := []float32{2.1972246, -1000, 3.5835189, 0}
	for _, test := range []struct {
		draw Draw
		want []float64
	}{
		{Draw{Temperature: 2}, []float64{0.3, 0, 0.6, 0.1}},
		{Draw{Temperature: 2, TopK: 4, TopP: 1}, []float64{0.3, 0, 0.6, 0.1}},
		{Draw{Temperature: 2, TopK: 2}, []float64{1. / 3, 0, 2. / 3, 0}},
		{Draw{Temperature: 2, TopK: 1}, []float64{0, 0, 1, 0}},
		{Draw{Temperature: 2, TopP: 0.89}, []float64{1. / 3, 0, 2. / 3, 0}},
		{Draw{Temperature: 2, TopP: 0.91}, []float64{0.3, 0, 0.6, 0.1}},
		{Draw{Temperature: 2, TopP: 0.01}, []float64{0, 0, 1, 0}},
		{Draw{Temperature: 2, TopK: 2, TopP: 0.6}, []float64{0, 0, 1, 0}},
		{Draw{Temperature: 1e-300}, []float64{0, 0, 1, 0}},
		{Draw{Temperature: 0, TopK: 3}, []float64{0, 0, 1, 0}},
	} {
		const draws = 4000
		dice, random := must(NewDice(test.draw, len(logits))), rand.New(rand.NewPCG(1, 1))
		counts := make([]float64, len(logits))
		for range draws {
			counts[dice.Roll(logits, random)]++
		}
		for i, p := range test.want {
			if math.Abs(counts[i]-draws*p) > 5*math.Sqrt(draws*p*(1-p)) {
				t.Errorf("%+v: symbol %d is drawn %v times, want %v", test.draw, i, counts[i], draws*p)
			}
		}
	}
	all, most := must(NewDice(Draw{Temperature: 2}, len(logits))), must(NewDice(Draw{Temperature: 2, TopK: 9}, len(logits)))
	for seed := range uint64(100) {
		if a, b := all.Roll(logits, rand.New(rand.NewPCG(seed, 1))), most.Roll(logits, rand.New(rand.NewPCG(seed, 1))); a != b {
			t.Fatalf("of all symbols %d, of more than there are %d", a, b)
		}
	}
	for _, d := range []Draw{{Temperature: -1}, {Temperature: math.NaN()}, {TopK: -1}, {TopP: 1.1}, {TopP: math.NaN()}} {
		if _, err := NewDice(d, 3); err == nil {
			t.Errorf("%+v: no error", d)
		}
	}
}

// TestText adds the bytes of a text one by one, and expects all that is settled: what cannot become
// a stop, in whole characters.
func TestText(t *testing.T) {
	v := must(corpus.NewVocabulary(corpus.Bytes, []byte("abcn–"), 0))
	for _, test := range []struct {
		text, stops string // stops between blanks
		want        string // what is given out after each byte, with | between, and at the end
	}{
		{"abc", "", "a|b|c|"},
		{"abcab", "b", "a||"},
		{"aabaac", "aac", "||aab||||"},
		{"aaab", "aab", "||a||"},
		{"aba", "bab", "a|||ba"},
		{"aab", "", "a|a|b|"},
		{"a–b", "", "a|||–|b|"},
		{"–"[:2] + "a", "", "||\xe2\x80a|"},
		{"\x93a", "", "\x93|a|"},
		{"aab", "ab", "|a||"},
		{"abb", "bba ba", "a|||bb"},
		{"b–b", "–a", "b||||–b|"},
		{"ccab", "b cab", "|c|||"},
	} {
		s, got := NewText(v, nil, strings.Fields(test.stops)), ""
		stopped := false
		for _, symbol := range must(v.Encode([]byte(test.text))) {
			if stopped = s.Add(int(symbol)); stopped {
				break
			}
			got += string(s.Take()) + "|"
		}
		got += string(s.Rest())
		if stopped {
			got += "|"
		}
		if got != test.want || s.Given() != s.End() || s.End() != len(strings.ReplaceAll(test.want, "|", "")) {
			t.Errorf("%q until %q: %q, want %q; %d of %d bytes given", test.text, test.stops, got, test.want, s.Given(), s.End())
		}
	}
	words := must(corpus.NewVocabulary(corpus.Words, []byte("a b\n"), 0))
	s, got := NewText(words, []byte("a b"), nil), ""
	for _, symbol := range must(words.Encode([]byte("a b\na\n"))) {
		s.Add(int(symbol))
		got += string(s.Take())
	}
	if got != " a b\na\n" {
		t.Errorf("words after a word: %q", got)
	}
}
