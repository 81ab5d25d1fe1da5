package child

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/runtime"
)

// text is some 12,000 bytes whose next letter depends on what came before.
var text = func() []byte {
	var b bytes.Buffer
	for i := range 1500 {
		b.WriteString([]string{"the cat ", "a dog ", "mice eat "}[i*i%7%3])
		if i%11 == 0 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}()

// small is a setup whose children train in milliseconds.
func small(t *testing.T) Setup {
	t.Helper()
	s := DefaultSetup()
	s.Space, s.Text, s.Backend = "tokens 2 add mul identity tanh sigmoid relu", Digest(text), runtime.Backend()
	s.Parameters, s.Rungs, s.Rates, s.Validation = 1500, []int{60, 120}, []float64{0.03}, 200
	return s
}

func trainer(t *testing.T, s Setup) *Trainer {
	t.Helper()
	tr, err := New(s, text)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// choices returns the sequence of a cell's tokens.
func choices(t *testing.T, tr *Trainer, tokens string) []int {
	t.Helper()
	c, err := cell.Parse("test", tokens)
	if err != nil {
		t.Fatal(err)
	}
	all, err := tr.space.(*space.Tokens).Choose(c)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func train(t *testing.T, tr *Trainer, task Task) Result {
	t.Helper()
	r, err := tr.Train(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// gated is a cell that learns.
const gated = "add tanh mul relu mul sigmoid add tanh 1 0"

// TestResultIsOfTheTask trains children one by one, again, and at the same time: bits are equal.
// Another rate, rung or seed makes another result.
func TestResultIsOfTheTask(t *testing.T) {
	tr := trainer(t, small(t))
	c := choices(t, tr, gated)
	tasks := []Task{{c, 0, 0.03, 0}, {c, 1, 0.03, 0}, {c, 0, 0.01, 0}, {c, 0, 0.03, 1}}
	var alone []Result
	for _, task := range tasks {
		alone = append(alone, train(t, tr, task))
	}
	for i, r := range alone {
		if r.Outcome != Trained || r.Loss <= 0 {
			t.Fatalf("task %d: %+v", i, r)
		}
		for j := range i {
			if alone[j].Loss == r.Loss {
				t.Errorf("tasks %d and %d have one loss, %v", j, i, r.Loss)
			}
		}
	}
	together := make([]Result, len(tasks))
	other := trainer(t, small(t))
	var group sync.WaitGroup
	for i, task := range slices.Backward(tasks) {
		group.Go(func() { together[i], _ = other.Train(context.Background(), task) })
	}
	group.Wait()
	if !slices.Equal(alone, together) {
		t.Errorf("one by one %+v\nat the same time %+v", alone, together)
	}
}

// TestOutcomes has cells of each outcome. A failure is a result, and its loss does not count.
func TestOutcomes(t *testing.T) {
	s := small(t)
	tr := trainer(t, s)
	for _, c := range []struct {
		tokens string
		rate   float64
		want   Outcome
	}{
		{gated, 0.03, Trained},
		{"add identity add identity mul identity add identity 2 0", 50, Diverged},
		{"mul relu mul identity mul relu mul relu 0 2", 0.03, Dead}, // h is 0: c is 0, and multiplies
	} {
		r := train(t, tr, Task{Choices: choices(t, tr, c.tokens), Rate: c.rate})
		if r.Outcome != c.want || (r.Loss != 0) != (c.want == Trained) {
			t.Errorf("%s at %v: %+v, want %s", c.tokens, c.rate, r, c.want)
		}
		if c.want != Trained && (r.Update < 1 || r.Update > s.Rungs[0]) {
			t.Errorf("%s ended at update %d", c.tokens, r.Update)
		}
	}
	s.Parameters = 100
	if r := train(t, trainer(t, s), Task{Choices: choices(t, tr, gated), Rate: 0.03}); r.Outcome != TooLarge {
		t.Errorf("with 100 parameters: %+v", r)
	}
}

// TestLearns expects a child to know more than how often each byte occurs.
func TestLearns(t *testing.T) {
	s := small(t)
	s.Rungs = []int{300}
	tr := trainer(t, s)
	counts := make(map[int32]float64)
	for _, symbol := range tr.texts.validation {
		counts[symbol]++
	}
	entropy := 0.0
	for _, n := range counts {
		p := n / float64(len(tr.texts.validation))
		entropy -= p * math.Log(p)
	}
	if r := train(t, tr, Task{Choices: choices(t, tr, gated), Rate: 0.03}); !(r.Loss < entropy/2) {
		t.Errorf("the loss is %v nats; the entropy of bytes %v", r.Loss, entropy)
	}
}

// TestEqualParameters gives each cell as many units as fit, and no more.
func TestEqualParameters(t *testing.T) {
	tr := trainer(t, small(t))
	for c := range space.All(tr.space) {
		if c[0]+c[5]+c[9] != 3 { // some of them
			continue
		}
		f, err := tr.build(c)
		if err != nil {
			t.Fatal(err)
		}
		v := tr.texts.vocabulary.Len()
		with := func(hidden int) int {
			m, err := runtime.Measure(f.Cell, tr.setup.Embed, hidden, 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			return v*tr.setup.Embed + int(m.Values) + hidden*v + v
		}
		if f.parameters != with(f.hidden) || f.parameters > tr.setup.Parameters || with(f.hidden+1) <= tr.setup.Parameters {
			t.Fatalf("%v has %d units and %d parameters; with one more %d", c, f.hidden, f.parameters, with(f.hidden+1))
		}
	}
}

// TestLesson expects every update to read text of its own, and the rows of a batch to be spread
// over the whole training text.
func TestLesson(t *testing.T) {
	s := small(t)
	s.Rungs = []int{20}
	tr := trainer(t, s)
	for i := range tr.texts.training {
		tr.texts.training[i] = int32(i) // so that a symbol says where it is
	}
	symbols := tr.lesson(Task{}, 20)
	stripes, err := corpus.NewStripes(symbols, s.Batch, s.Steps)
	if err != nil || stripes.Chunks() != 20 {
		t.Fatalf("%v chunks, %v", stripes, err)
	}
	inputs, targets := make([]int, s.Steps*s.Batch), make([]int, s.Steps*s.Batch)
	seen := make(map[int]bool)
	n := len(tr.texts.training)
	for chunk := range 20 {
		stripes.Chunk(chunk, 0, s.Batch, inputs, targets)
		for i, at := range inputs {
			if seen[at] {
				t.Fatalf("update %d reads symbol %d again", chunk, at)
			}
			seen[at] = true
			if step := i / s.Batch; targets[i] != (at+1)%n && !(chunk == 19 && step == s.Steps-1) {
				t.Fatalf("the target of symbol %d is %d", at, targets[i])
			}
		}
		for row := 1; row < s.Batch; row++ {
			if d := (inputs[row] - inputs[row-1] + n) % n; d < n/s.Batch-1 || d > n/s.Batch+1 {
				t.Fatalf("rows %d and %d are %d symbols apart; want %d", row-1, row, d, n/s.Batch)
			}
		}
	}
}

// TestTestText changes the part of the text that no search may see: no result changes.
func TestTestText(t *testing.T) {
	s := small(t)
	tr := trainer(t, s)
	changed := slices.Clone(text)
	last := changed[len(text)*9/10:]
	slices.Reverse(last)
	s.Text = Digest(changed)
	other, err := New(s, changed)
	if err != nil {
		t.Fatal(err)
	}
	task := Task{Choices: choices(t, tr, gated), Rate: 0.03}
	a, b := train(t, tr, task), train(t, other, task)
	// The validation text's last targets may be the test text's first.
	if a != b {
		t.Errorf("%+v became %+v", a, b)
	}
}

// TestMistakes are errors that say what is wrong.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*Setup)
	}{
		{"parameters", func(s *Setup) { s.Parameters = 0 }},
		{"rungs", func(s *Setup) { s.Rungs = []int{5, 5} }},
		{"steps", func(s *Setup) { s.Steps = math.MaxInt }},
		{"batch", func(s *Setup) { s.Batch = math.MaxInt }},
		{"validation", func(s *Setup) { s.Validation = math.MaxInt }},
		{"symbols", func(s *Setup) { s.Rungs = []int{5, math.MaxInt} }},
		{"rungs", func(s *Setup) { s.Rungs = nil }},
		{"rates", func(s *Setup) { s.Rates = []float64{0.1, 0.1} }},
		{"rates", func(s *Setup) { s.Rates = []float64{0.01, 0.03, 0.0100000001} }},
		{"rates", func(s *Setup) { s.Rates = []float64{1e-60} }},
		{"rates", func(s *Setup) { s.Rates = []float64{math.NaN()} }},
		{"rates are missing", func(s *Setup) { s.Rates = nil }},
		{"backend", func(s *Setup) { s.Backend = "nonsense" }},
		{"SHA-256", func(s *Setup) { s.Text = Digest(nil) }},
		{"space", func(s *Setup) { s.Space = "nonsense" }},
	} {
		s := small(t)
		c.change(&s)
		if _, err := New(s, text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v; want one of %s", err, c.want)
		}
	}
	tr := trainer(t, small(t))
	for _, task := range []Task{{Choices: []int{1}}, {Choices: choices(t, tr, gated), Rung: 2}, {Choices: choices(t, tr, gated), Rung: -1}} {
		if _, err := tr.Train(t.Context(), task); err == nil {
			t.Errorf("%+v is trained", task)
		}
	}
	ended, end := context.WithCancelCause(t.Context())
	why := errors.New("why")
	end(why)
	if _, err := tr.Train(ended, Task{Choices: choices(t, tr, gated), Rate: 0.03}); !errors.Is(err, why) {
		t.Errorf("the error of an ended context is %v", err)
	}
}
