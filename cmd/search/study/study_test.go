package study

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/journal"
	"github.com/cellgen/cellgen/runtime"
)

var text = []byte(strings.Repeat("some text that no child reads here\n", 10))

// config is a small study.
func config(strategy string) Config {
	c := Default()
	c.Strategy, c.Trials, c.Batch, c.Promote = strategy, 60, 7, 3
	c.Evolution.Population, c.Evolution.Tournament = 10, 4
	c.Reinforce.Hidden, c.Reinforce.LearningRate = 8, 0.02
	c.Child.Space, c.Child.Backend = "tokens 1 add mul identity tanh", runtime.Backends()[0]
	c.Child.Rungs, c.Child.Rates = []int{1, 2, 4}, []float64{0.01, 0.02}
	c.Repeats = Repeats{Cells: 3, Seeds: 2}
	return c
}

// fake is a pool that trains nothing: a result is a function of the task. It hands results over in
// an order of its own, and fails after some, if told to.
type fake struct {
	order *rand.Rand
	left  int // results before it fails; negative for never
	tasks []child.Task
}

var errFake = errors.New("the pool has failed")

func (f *fake) Train(_ context.Context, tasks []child.Task, done func(int, Report) error) error {
	for _, i := range f.order.Perm(len(tasks)) {
		if f.left == 0 {
			return errFake
		}
		f.left--
		f.tasks = append(f.tasks, tasks[i])
		if err := done(i, Report{resultOf(tasks[i]), "fake", 1}); err != nil {
			return err
		}
	}
	return nil
}

func resultOf(t child.Task) child.Result {
	h := fnv.New64a()
	fmt.Fprint(h, t.Choices)
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	quality, kind := r.Float64(), r.IntN(8)
	bestRate := []float64{0.01, 0.02}[r.IntN(2)]
	switch {
	case kind == 0:
		return child.Result{Outcome: child.Dead, Update: 40}
	case kind == 1 && t.Rung > 0 || kind == 2 && t.Rate > 0.01:
		return child.Result{Outcome: child.Diverged, Update: 1}
	}
	return child.Result{Outcome: child.Trained, Loss: 3 + quality - float64(t.Rung) + 0.01*float64(t.Seed) + math.Abs(t.Rate-bestRate), Hidden: 5, Parameters: 100}
}

func create(t *testing.T, c Config) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "study")
	if err := Create(folder, c, text); err != nil {
		t.Fatal(err)
	}
	return folder
}

// goOn opens a study and runs it.
func goOn(t *testing.T, folder string, p Pool) error {
	t.Helper()
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Run(t.Context(), p)
}

// decided returns what the journal has decided.
func decided(t *testing.T, folder string) (lines []string, records []Record) {
	t.Helper()
	entries, err := journal.Read(journalFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		lines = append(lines, string(e.Record))
	}
	records, _, err = Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	return lines, records
}

func whole(t *testing.T, c Config, order uint64) (folder string, lines []string, records []Record) {
	t.Helper()
	folder = create(t, c)
	if err := goOn(t, folder, &fake{order: rand.New(rand.NewPCG(order, 2)), left: -1}); err != nil {
		t.Fatal(err)
	}
	lines, records = decided(t, folder)
	return folder, lines, records
}

// TestJournalIsOne runs studies of all strategies whose results come in different orders, and
// whose pools fail after every few results. All write one journal.
func TestJournalIsOne(t *testing.T) {
	for _, strategy := range Strategies {
		t.Run(strategy, func(t *testing.T) {
			c := config(strategy)
			if strategy == ByEvery {
				c.Trials = 0
			}
			_, want, _ := whole(t, c, 1)
			if _, got, _ := whole(t, c, 99); !slices.Equal(got, want) {
				t.Error("results in another order make another journal")
			}
			folder := create(t, c)
			for r := rand.New(rand.NewPCG(3, 4)); ; {
				err := goOn(t, folder, &fake{order: r, left: 1 + r.IntN(9)})
				if err == nil {
					break
				}
				if !errors.Is(err, errFake) {
					t.Fatal(err)
				}
			}
			if got, _ := decided(t, folder); !slices.Equal(got, want) {
				t.Error("a study that failed and went on has another journal")
			}
		})
	}
}

// TestCutJournal cuts the journal at any byte, as a kill does, and goes on.
func TestCutJournal(t *testing.T) {
	folder, want, _ := whole(t, config(ByReinforce), 1)
	data, err := os.ReadFile(journalFile(folder))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		if err := os.WriteFile(journalFile(folder), data[:r.IntN(len(data)+1)], 0o666); err != nil {
			t.Fatal(err)
		}
		if err := goOn(t, folder, &fake{order: r, left: -1}); err != nil {
			t.Fatal(err)
		}
		if got, _ := decided(t, folder); !slices.Equal(got, want) {
			t.Fatal("the journal differs")
		}
	}
}

// TestTrainedOnce expects no training twice, and all rates of each cell on the first rung.
func TestTrainedOnce(t *testing.T) {
	c := config(AtRandom)
	_, _, records := whole(t, c, 1)
	trials, cells, first := 0, make(map[string]bool), make(map[string]int)
	seen := make(map[string]bool)
	for _, r := range records {
		switch {
		case r.Trial != nil:
			trials++
			cells[r.Trial.Cell] = true
		case r.Run != nil:
			key := fmt.Sprint(r.Run.Cell, r.Run.Rung, r.Run.Rate, r.Run.Seed)
			if seen[key] {
				t.Errorf("%s is trained twice", key)
			}
			seen[key] = true
			if r.Run.Rung == 0 && r.Run.Seed == 0 {
				first[r.Run.Cell]++
			}
		}
	}
	if trials != c.Trials || len(cells) >= trials || len(first) != len(cells) {
		t.Errorf("%d trials of %d cells, of which %d are trained", trials, len(cells), len(first))
	}
	for name, n := range first {
		if n != len(c.Child.Rates) {
			t.Errorf("%s is trained at %d rates", name, n)
		}
	}
}

// TestPromotion finds the cells of the second rung again: of each batch's new cells, those that
// fewer than one in Promote of all so far are better than. They are on it while the next batch's
// are on the first.
func TestPromotion(t *testing.T) {
	c := config(AtRandom)
	_, _, records := whole(t, c, 1)
	losses := make(map[string]float64) // of the first rung, at the better rate
	var fresh, want, got []string      // cells of this batch, those that go on of the last one, those that do
	promoted, batches := 0, 0
	settle := func() { // a batch's cells have been on the first rung
		if !slices.Equal(got, want) {
			t.Errorf("batch %d: %v go on; want %v", batches-1, got, want)
		}
		promoted, batches = promoted+len(got), batches+1
		got, want = nil, nil
		for _, name := range fresh {
			better := 0
			for _, other := range losses {
				if other < losses[name] {
					better++
				}
			}
			if _, trained := losses[name]; trained && better*c.Promote < len(losses) {
				want = append(want, name)
			}
		}
		fresh = nil
	}
	trials := 0
	for _, r := range records {
		switch {
		case r.Trial != nil:
			if trials++; trials > 1 && trials%c.Batch == 1 {
				settle()
			}
		case r.Run != nil && r.Run.Seed == 0 && r.Run.Rung == 0:
			if !slices.Contains(fresh, r.Run.Cell) {
				fresh = append(fresh, r.Run.Cell)
			}
			if have, ok := losses[r.Run.Cell]; r.Run.Outcome == child.Trained && (!ok || r.Run.Loss < have) {
				losses[r.Run.Cell] = r.Run.Loss
			}
		case r.Run != nil && r.Run.Seed == 0 && r.Run.Rung == 1 && trials < c.Trials:
			got = append(got, r.Run.Cell)
			if got := resultOf(child.Task{Choices: r.Run.Choices, Rate: r.Run.Rate}); got.Outcome != child.Trained || got.Loss != losses[r.Run.Cell] {
				t.Errorf("%s goes on with rate %v, which is not its best", r.Run.Cell, r.Run.Rate)
			}
		}
	}
	if promoted == 0 || batches != c.Trials/c.Batch {
		t.Errorf("%d cells of %d batches go on", promoted, batches)
	}
}

// TestBest compares the best of every batch with the least loss of the last rungs that the cells of
// this batch and the ones before have reached. A cell that fails on a later rung has failed.
func TestBest(t *testing.T) {
	c := config(AtRandom)
	_, _, records := whole(t, c, 1)
	last := make(map[string]*Run)
	var cells []string // of the trials
	var failedLater bool
	for _, r := range records {
		if r.Trial != nil {
			cells = append(cells, r.Trial.Cell)
		}
		if run := r.Run; run != nil && run.Seed == 0 {
			have := last[run.Cell]
			if have == nil || run.Rung > have.Rung || run.Outcome == child.Trained && (have.Outcome != child.Trained || run.Loss < have.Loss) {
				last[run.Cell] = run
			}
			failedLater = failedLater || run.Rung > 0 && run.Outcome == child.Diverged
		}
		if r.Batch == nil {
			continue
		}
		var best *Run
		seen := make(map[string]bool)
		for _, name := range cells[:r.Batch.Trials] {
			seen[name] = true
			if run := last[name]; run.Outcome == child.Trained && (best == nil || run.Loss < best.Loss) {
				best = run
			}
		}
		b := r.Batch.Best
		if b == nil || b.Cell != best.Cell || b.Loss != best.Loss || b.Rung != best.Rung || b.Rate != best.Rate {
			t.Errorf("batch %d: the best is %+v; want %+v", r.Batch.Batch, b, best)
		}
		if r.Batch.Cells != len(seen) {
			t.Errorf("batch %d: %d cells; want %d", r.Batch.Batch, r.Batch.Cells, len(seen))
		}
	}
	if !failedLater {
		t.Error("no cell fails on a later rung")
	}
}

// TestRepeats trains the best again, with other seeds, at the end.
func TestRepeats(t *testing.T) {
	c := config(AtRandom)
	folder, _, records := whole(t, c, 1)
	s, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(t.Context(), nil); err != nil { // all is done: no pool is asked
		t.Fatal(err)
	}
	for _, r := range records {
		if run := r.Run; run != nil && run.Seed == 0 && run.Rung > 0 && s.scores[run.Cell].Rung == run.Rung && s.scores[run.Cell].Outcome != run.Outcome {
			t.Errorf("the score of %s is %+v, and its last training %+v", run.Cell, s.scores[run.Cell], run)
		}
		if run := r.Run; run != nil && s.scores[run.Cell].Rung < run.Rung {
			t.Errorf("%s has been on rung %d, and its score is of rung %d", run.Cell, run.Rung, s.scores[run.Cell].Rung)
		}
	}
	var repeated []string
	for _, r := range records[len(records)-c.Repeats.Cells*c.Repeats.Seeds:] {
		if r.Run == nil || r.Run.Seed == 0 || r.Run.Rung != s.scores[r.Run.Cell].Rung || r.Run.Rate != s.scores[r.Run.Cell].Rate {
			t.Fatalf("at the end %+v", r)
		}
		if !slices.Contains(repeated, r.Run.Cell) {
			repeated = append(repeated, r.Run.Cell)
		}
	}
	for name, score := range s.scores {
		if worst := s.scores[repeated[len(repeated)-1]]; score.Better(worst) != slices.Contains(repeated[:len(repeated)-1], name) {
			t.Errorf("%s has %+v, and the repeated are %v", name, score, repeated)
		}
	}
}
