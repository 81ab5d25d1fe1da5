package work

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen/soak"
	"github.com/cellgen/cellgen/runtime"
)

// sample is the text of these tests.
var sample = bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog, and the dog sleeps on. "), 60)

// config returns a study of so many trials: two rates on the first rung, then two more rungs, and
// repeats.
func config(trials int) study.Config {
	c := study.Default()
	c.Strategy, c.Trials, c.Batch, c.Promote = study.ByEvolution, trials, 6, 2
	c.Evolution.Population, c.Evolution.Tournament = 5, 2
	c.Repeats = study.Repeats{Cells: 2, Seeds: 2}
	c.Child.Space, c.Child.Backend = "tokens 2", runtime.Backend()
	c.Child.Parameters, c.Child.Batch, c.Child.Steps, c.Child.Validation = 600, 2, 4, 64
	c.Child.Rungs, c.Child.Rates = []int{5, 10, 20}, []float64{0.01, 0.03}
	return c
}

// create makes a study.
func create(t testing.TB, c study.Config) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "study")
	if err := study.Create(folder, c, sample); err != nil {
		t.Fatal(err)
	}
	return folder
}

// run runs a study on a pool.
func run(t *testing.T, folder string, p study.Pool) {
	t.Helper()
	s, err := study.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// expected returns the records of a study that goroutines train without a queue.
func expected(t *testing.T, c study.Config, trainer Trainer) string {
	t.Helper()
	folder := create(t, c)
	run(t, folder, Local{Trainer: trainer, Workers: 1})
	return records(t, folder)
}

// realTrainer returns the trainer of a study's children.
func realTrainer(t *testing.T, c study.Config) Trainer {
	t.Helper()
	c.Child.Text = child.Digest(sample)
	trainer, err := child.New(c.Child, sample)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// records returns the lines of a study's journal up to their asides.
func records(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "journal.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // as after an early kill
		t.Fatal(err)
	}
	var all strings.Builder
	for line := range bytes.Lines(text) {
		if line[len(line)-1] != '\n' {
			break // of an append that was killed
		}
		part, _, found := bytes.Cut(line, []byte(`,"aside":`))
		if !found {
			t.Fatalf("a line without an aside: %s", line)
		}
		all.Write(part)
		all.WriteByte('\n')
	}
	return all.String()
}

// compare compares the records of a study with what is expected.
func compare(t *testing.T, folder, want string) {
	t.Helper()
	got := records(t, folder)
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("line %d of %d is\n%s\nwant, of %d,\n%s", i+1, len(g), g[i], len(w), w[i])
		}
	}
	t.Fatalf("the journal has %d lines, want %d", len(g), len(w))
}

// tasks returns so many different tasks.
func tasks(n int) (all []child.Task) {
	for i := range n {
		all = append(all, child.Task{Choices: []int{1}, Seed: uint64(i)})
	}
	return all
}

// queue returns a queue of a study of nothing, with its own tasks.
func queue(t *testing.T, url string) *Queue {
	t.Helper()
	setup := config(1).Child
	setup.Text = child.Digest(sample)
	return &Queue{Conn: dial(t, url), Study: "0123", Setup: setup, Text: sample, AckWait: 300 * time.Millisecond}
}

// employ runs a worker until the test ends.
func employ(t *testing.T, w *Worker) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.Run(ctx) // as the context does
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
}

// counted runs a batch, and expects each result once.
func counted(t *testing.T, q *Queue, all []child.Task) (reports []study.Report) {
	t.Helper()
	reports, times := make([]study.Report, len(all)), make([]int, len(all))
	ctx, cancel := context.WithTimeout(t.Context(), hang(t))
	defer cancel()
	err := q.Train(ctx, all, func(i int, r study.Report) error {
		times[i]++
		reports[i] = r
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range times {
		if n != 1 {
			t.Errorf("task %d has %d results", i, n)
		}
		if want, err := json.Marshal(fakeResult(all[i])); err != nil || !sameJSON(reports[i].Result, want) {
			t.Errorf("task %d has the result %+v, want %s", i, reports[i].Result, want)
		}
	}
	return reports
}

func sameJSON(value any, want []byte) bool {
	got, err := json.Marshal(value)
	return err == nil && bytes.Equal(got, want)
}

// cases returns small, or large under make soak. Studies that are shorter than small end before
// what they are about.
func cases(small, large int) int {
	if soak.On() {
		return large
	}
	return small
}

// TestAbandoned has a study that nobody goes on with: the server drops every part of it by itself.
func TestAbandoned(t *testing.T) {
	q := queue(t, external(t).ClientURL())
	prepareOnly(t, q)
	js, err := jetstream.New(q.Conn)
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	for s := range js.ListStreams(t.Context()).Info() {
		if parts++; s.Config.MaxAge != keep {
			t.Errorf("%s is kept for %v, want %v", s.Config.Name, s.Config.MaxAge, keep)
		}
	}
	if parts != 4 {
		t.Errorf("%d parts, want tasks, results, text and the offers", parts)
	}
}
