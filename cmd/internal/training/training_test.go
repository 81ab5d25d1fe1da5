package training

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
)

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// pattern is a text that repeats one line.
var pattern = bytes.Repeat([]byte("the quick brown fox\n"), 30)

// options are a small run's, with everything that numbers are drawn for.
func options() Options {
	return Options{
		Options: language.Options{
			Hidden: 17, Embed: 5, Layers: 2, Project: 7, Seed: 3, Tied: true,
			Dropout: 0.2, EmbedDropout: 0.1, RecurrentDropout: 0.1,
		},
		Epochs: 3, Batch: 4, Steps: 6, Shards: 2, Rate: 1e-2, Schedule: cosine, Warmup: 4, LastRate: 0.1, Decay: 0.1, Clip: 1,
	}
}

// newTrainer returns a trainer of a new model. The last quarter of the text is held out.
func newTrainer(cell string, o Options) *Trainer {
	check(o.Check())
	training, heldOut := corpus.Split(pattern, 0.25)
	v := must(corpus.NewVocabulary(corpus.Bytes, pattern, 0))
	m := must(language.New(must(cells.Find(cell)), v, o.Options))
	return must(New(m, o, must(v.Encode(training)), must(v.Encode(heldOut))))
}

// finish runs a trainer to its end in a new folder, and returns the bytes of the files there.
func finish(t *testing.T, tr *Trainer) (model, checkpoint []byte) {
	t.Helper()
	dir := t.TempDir()
	f := must(Open(dir, Setup{"cell": "a"}))
	defer f.Close()
	if err := tr.Run(t.Context(), Run{Folder: f}); err != nil {
		t.Fatal(err)
	}
	tr.Seconds = 0
	for i := range tr.Curve {
		tr.Curve[i].Seconds = 0
	}
	check(f.save(tr))
	return must(os.ReadFile(ModelFile(dir))), must(os.ReadFile(CheckpointFile(dir)))
}

// TestRestore goes on from checkpoints after various numbers of updates, the first and the last of
// an epoch among them, and expects the model and all that is in the last checkpoint to be an
// unbroken run's, bit for bit. Between the checkpoint and its use the trainer has gone astray.
func TestRestore(t *testing.T) {
	for _, cell := range []string{"lstm", "../../../generated/grubefore/grubefore.cell"} {
		whole := newTrainer(cell, options())
		chunks := whole.Chunks()
		model, checkpoint := finish(t, whole)
		for _, updates := range []int{0, 1, chunks - 1, chunks, chunks + 1} {
			path := filepath.Join(t.TempDir(), "checkpoint")
			first := newTrainer(cell, options())
			f := must(Open(filepath.Dir(path), nil))
			r := Run{Folder: f}
			for first.Update < updates {
				if first.Chunk == chunks {
					check(first.endEpoch(t.Context(), r))
				}
				must(first.Step())
				if first.atPoint() {
					first.mark()
				}
			}
			check(first.Save(path, nil))
			check(f.Close())
			second := newTrainer(cell, options())
			for range 3 {
				must(second.Step())
			}
			if err := second.Restore(path); err != nil {
				t.Fatalf("%s, after %d updates: %v", cell, updates, err)
			}
			m, c := finish(t, second)
			if !bytes.Equal(m, model) || !bytes.Equal(c, checkpoint) {
				t.Errorf("%s, after %d updates: the run goes on to other numbers", cell, updates)
			}
		}
	}
}

// TestStep expects updates to allocate nothing, and to lower the loss of a text that repeats from
// about ln 17 nats, which is what a model has that knows nothing, to less than half.
func TestStep(t *testing.T) {
	o := options()
	o.Epochs, o.Dropout, o.EmbedDropout, o.RecurrentDropout = 30, 0, 0, 0
	tr := newTrainer("lstm", o)
	first := must(tr.Step())
	if want := math.Log(17); math.Abs(first-want) > 0.2 {
		t.Errorf("the first loss is %v nats, want about %v", first, want)
	}
	step := func() {
		tr.Chunk %= tr.Chunks()
		must(tr.Step())
	}
	if n := testing.AllocsPerRun(20, step); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
	for range 25 * tr.Chunks() {
		step()
	}
	if tr.LastNats > first/2 {
		t.Errorf("the loss goes from %v to %v nats", first, tr.LastNats)
	}
}

// TestDiverged expects an error with the step's number, and a checkpoint that is the last good.
func TestDiverged(t *testing.T) {
	dir := t.TempDir()
	tr := newTrainer("gru", options())
	f := must(Open(dir, nil))
	err := tr.Run(t.Context(), Run{Folder: f, Every: time.Hour, Step: func() {
		if tr.Update == tr.Chunks()+7 {
			tr.model.Stack.Params("")[2].Value[0] = float32(math.NaN())
		}
	}})
	var diverged *Diverged
	if !errors.As(err, &diverged) || diverged.Update != 26 || !strings.HasPrefix(err.Error(), "training diverges at step 26 (a lower -rate may help): ") {
		t.Fatal(err)
	}
	again := newTrainer("gru", options())
	if err := again.Restore(CheckpointFile(dir)); err != nil || again.Update != again.Chunks() {
		t.Errorf("after %d updates: %v", again.Update, err)
	}
}

// TestSchedule expects a rise to the rate, and a fall to its last fraction.
func TestSchedule(t *testing.T) {
	o := options()
	rates := o.schedule(104)
	for update, want := range map[int]float64{0: 2e-3, 3: 8e-3, 4: 1e-2, 54: 5.5e-3, 104: 1e-3} {
		if got := rates(update); math.Abs(got-want) > 1e-12 {
			t.Errorf("update %d: rate %v, want %v", update, got, want)
		}
	}
	o.Schedule = constant
	if got := o.schedule(104)(100); got != o.Rate {
		t.Errorf("rate %v, want a constant %v", got, o.Rate)
	}
}

// TestBest expects the model's file to be of the epoch that predicts held-out text best, and the
// curve to have the same losses.
func TestBest(t *testing.T) {
	dir := t.TempDir()
	o := options()
	o.Rate, o.Epochs, o.Schedule = 0.3, 12, constant // too high to get better all the time
	tr := newTrainer("simplecell", o)
	f := must(Open(dir, nil))
	check(tr.Run(t.Context(), Run{Folder: f}))
	best, epoch := math.Inf(1), 0
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "curve.jsonl"))))), "\n")
	if len(lines) < o.Epochs || len(lines) > partsOfEpoch*o.Epochs {
		t.Errorf("the curve has %d points", len(lines))
	}
	for _, line := range lines {
		var p Point
		check(json.Unmarshal([]byte(line), &p))
		if p.HeldOut != nil && *p.HeldOut < best {
			best, epoch = *p.HeldOut, int(p.Epoch)
		}
	}
	m, about, err := language.Load(ModelFile(dir))
	check(err)
	_, heldOut := corpus.Split(pattern, 0.25)
	symbols := must(m.Vocabulary.Encode(heldOut))
	nats := must(must(m.NewEvaluator(EvaluationSteps)).Nats(context.Background(), symbols)) / float64(len(symbols)-1)
	if nats != best || tr.Best.Epoch != epoch || about[keyBest] != "" && tr.Best.Nats != best {
		t.Errorf("the model's file has %v nats, the best of the curve is %v, of epoch %d; the trainer says %v", nats, best, epoch, tr.Best)
	}
	if epoch == o.Epochs {
		t.Error("the last epoch is the best: this proves little")
	}
	if svg := must(os.ReadFile(filepath.Join(dir, "curve.svg"))); !bytes.Contains(svg, []byte("<svg")) {
		t.Error("the picture is not an SVG")
	}
}

// TestOpen expects a folder to have one user, and one setup.
func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	setup := Setup{"hidden": "17", "cell": "A\ntext", "tied": "", "text": "1", "text.limit": "5", "text.valid": "a"}
	f := must(Open(dir, setup))
	if _, err := Open(dir, setup); !errors.Is(err, process.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	check(f.save(newTrainer("gru", options())))
	check(f.Close())
	check(os.WriteFile(filepath.Join(dir, ".cellgen-123"), nil, 0o600))
	f = must(Open(dir, Setup{"hidden": "17", "cell": "A\ntext", "tied": "", "text": "1", "text.limit": "6"})) // of an equal text
	check(f.Close())
	if entries := must(os.ReadDir(dir)); len(entries) != 2 {
		t.Errorf("the folder has %v, want a lock and a checkpoint", entries)
	}
	for _, test := range []struct {
		setup Setup
		want  string
	}{
		{Setup{"hidden": "17", "cell": "A\ntext", "tied": "", "text": "2", "text.limit": "5", "text.valid": "a"}, "-text is 2, and the run began with 1"},
		{Setup{"hidden": "17", "cell": "A\ntext", "tied": "", "text": "2", "text.limit": "5", "text.valid": "b"}, "-valid is b, and the run began with a"},
		{Setup{"hidden": "17", "cell": "A\ntext", "tied": "", "text": "2", "text.limit": "6", "text.valid": "b"}, "-limit is 6, and the run began with 5"},
		{Setup{"hidden": "18", "cell": "A\ntext", "tied": "", "text": "1"}, "-hidden is 18, and the run began with 17"},
		{Setup{"hidden": "17", "cell": "A\nother", "tied": "", "text": "1"}, "-cell is not what the run began with"},
		{Setup{"hidden": "17", "cell": "A\ntext", "tied": "true", "text": "1"}, `-tied is true, and the run began with ""`},
		{Setup{"hidden": "17", "cell": "A\ntext", "text": "1"}, "-tied is not what the run began with"},
	} {
		want := dir + " has another run: " + test.want + "; say what it began with to go on, or choose another folder with -model"
		if _, err := Open(dir, test.setup); err == nil || err.Error() != want {
			t.Errorf("%v: %v, want %s", test.setup, err, want)
		}
	}
	check(os.WriteFile(CheckpointFile(dir), []byte("nonsense"), 0o600))
	if _, err := Open(dir, setup); err == nil || !strings.Contains(err.Error(), "checkpoint.safetensors") {
		t.Errorf("a checkpoint of nonsense: %v", err)
	}
}
