// Package comparison compares cells as language models: all with the same number of parameters,
// each with the best rate of one grid, with several seeds, on text that no choice has seen.
package comparison

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/cmd/internal/widths"
	"github.com/cellgen/cellgen/runtime/replace"
)

// checkpoints is the time between the checkpoints of a trial.
const checkpoints = time.Minute

// Study is a comparison on one text.
type Study struct {
	Folder     string // of the trials, each of which has its own
	Cells      []*cells.Cell
	Parameters int // of each model, at most
	Rates      []float64
	Seeds      int
	Options    training.Options // except for the hidden width, the rate and the seed; Widths are all cells'
	Setup      training.Setup   // all that decides the numbers beside the trial
	Vocabulary *corpus.Vocabulary
	Text       Text
}

// Text is a text in three parts: to train on, to choose rates and epochs by, and to report.
type Text struct{ Training, Validation, Test []int32 }

// Trial is a training with one cell, rate and seed.
type Trial struct {
	Cell   string  `json:"cell"`
	Hidden int     `json:"hidden"`
	Rate   float64 `json:"rate"`
	Seed   uint64  `json:"seed"`
}

// Result is how a trial has ended. Losses are in nats per symbol.
type Result struct {
	Trial
	Parameters int              `json:"parameters"`
	Validation float64          `json:"validation"` // of the best epoch
	Diverged   string           `json:"diverged,omitempty"`
	Seconds    float64          `json:"seconds"` // per epoch
	Curve      []training.Point `json:"curve"`
	Setup      training.Setup   `json:"setup"`
}

// Loss returns the validation loss, +Inf if the trial diverged.
func (r *Result) Loss() float64 {
	if r.Diverged != "" {
		return math.Inf(1)
	}
	return r.Validation
}

// Row is what a study finds of a cell: the trials with the best rate, and their losses on the
// test text.
type Row struct {
	Cell       string
	Hidden     int
	Parameters int
	Rate       float64
	Tried      []*Result // one for each rate
	Seeds      []*Result // one for each seed
	Test       []float64 // nats per symbol, one for each seed; +Inf of a trial that diverged
}

// Run runs all trials that no run before it has finished, and tells of each. The test text is
// looked at once all trials have ended.
func (s *Study) Run(ctx context.Context, told func(*Result) error) ([]*Row, error) {
	var rows []*Row
	for _, cell := range s.Cells {
		row, err := s.tune(ctx, cell, told)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cell.Name, err)
		}
		rows = append(rows, row)
	}
	for i, row := range rows {
		for _, r := range row.Seeds {
			loss, err := s.test(ctx, s.Cells[i], r)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", row.Cell, err)
			}
			row.Test = append(row.Test, loss)
		}
	}
	return rows, nil
}

// tune runs a cell's trials: with each rate, and then the best with each seed.
func (s *Study) tune(ctx context.Context, cell *cells.Cell, told func(*Result) error) (*Row, error) {
	o, err := s.Largest(cell)
	if err != nil {
		return nil, err
	}
	hidden := o.Hidden
	parameters, err := language.Parameters(cell, s.Vocabulary.Len(), o.Options)
	if err != nil {
		return nil, err
	}
	row := &Row{Cell: cell.Name, Hidden: hidden, Parameters: parameters}
	var best *Result
	for _, rate := range s.Rates {
		r, err := s.trial(ctx, cell, Trial{cell.Name, hidden, rate, 1}, told)
		if err != nil {
			return nil, err
		}
		if best == nil || r.Loss() < best.Loss() {
			best = r
		}
		row.Tried = append(row.Tried, r)
	}
	row.Rate, row.Seeds = best.Rate, []*Result{best}
	for seed := range s.Seeds - 1 {
		r, err := s.trial(ctx, cell, Trial{cell.Name, hidden, best.Rate, uint64(2 + seed)}, told)
		if err != nil {
			return nil, err
		}
		row.Seeds = append(row.Seeds, r)
	}
	return row, nil
}

// Largest returns the options of a cell's models: they have the largest hidden width with which they
// have no more parameters than wanted.
func (s *Study) Largest(cell *cells.Cell) (o training.Options, err error) {
	o = s.options(cell, Trial{})
	o.Hidden, err = language.Fit(cell, s.Vocabulary.Len(), o.Options, s.Parameters)
	return o, err
}

// options returns how a trial is trained. A cell has those widths that it leaves open.
func (s *Study) options(cell *cells.Cell, t Trial) training.Options {
	o := s.Options
	o.Hidden, o.Rate, o.Options.Seed = t.Hidden, t.Rate, t.Seed
	o.Widths = widths.Flag(o.Widths).Of(cell.Open())
	return o
}

// setup returns all that decides the numbers of a trial.
func (s *Study) setup(cell *cells.Cell, t Trial) training.Setup {
	setup := maps.Clone(s.Setup)
	setup["trial"] = fmt.Sprintf("%+v", t)
	setup["cells"] = cell.Name + "\n" + cell.Describe().Source
	if open := s.options(cell, t).Widths; len(open) > 0 {
		setup["width"] = fmt.Sprint(open)
	}
	return setup
}

// folder returns the folder of a trial.
func (s *Study) folder(t Trial) string {
	return filepath.Join(s.Folder, fmt.Sprintf("%s-%d-%g-%d", t.Cell, t.Hidden, t.Rate, t.Seed))
}

// trial returns the result of a trial, which it runs unless that is done.
func (s *Study) trial(ctx context.Context, cell *cells.Cell, t Trial, told func(*Result) error) (*Result, error) {
	path := filepath.Join(s.folder(t), "result.json")
	r := new(Result)
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err = json.Unmarshal(text, r); err == nil {
			err = s.setup(cell, t).Differ(r.Setup)
		}
		if err != nil {
			err = fmt.Errorf("%s is of another run: %w; choose another folder", path, err)
		}
	case errors.Is(err, fs.ErrNotExist):
		if r, err = s.train(ctx, cell, t); err == nil {
			err = replace.Write(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(r) })
		}
	}
	if err != nil {
		return nil, err
	}
	return r, told(r)
}

// train trains a model. That a training diverges is a result.
func (s *Study) train(ctx context.Context, cell *cells.Cell, t Trial) (r *Result, err error) {
	o := s.options(cell, t)
	m, err := language.New(cell, s.Vocabulary, o.Options)
	if err != nil {
		return nil, err
	}
	trainer, err := training.New(m, o, s.Text.Training, s.Text.Validation)
	if err != nil {
		return nil, err
	}
	folder, err := training.Open(s.folder(t), s.setup(cell, t))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if _, err := folder.Resume(trainer); err != nil {
		return nil, err
	}
	err = trainer.Run(ctx, training.Run{Folder: folder, Every: checkpoints})
	r = &Result{Trial: t, Parameters: m.Parameters(), Setup: s.setup(cell, t)}
	var diverged *training.Diverged
	if errors.As(err, &diverged) {
		r.Diverged, err = diverged.Error(), nil
	}
	if err != nil {
		return nil, err
	}
	r.Validation, r.Curve = trainer.Best.Nats, trainer.Curve
	r.Seconds = trainer.Seconds * float64(trainer.Chunks()) / float64(max(1, trainer.Update))
	return r, nil
}

// test returns the loss of a trial's model on the test text.
func (s *Study) test(ctx context.Context, cell *cells.Cell, r *Result) (nats float64, err error) {
	if r.Diverged != "" {
		return math.Inf(1), nil
	}
	m, _, err := language.Load(training.ModelFile(s.folder(r.Trial)), cell)
	if err != nil {
		return 0, err
	}
	e, err := m.NewEvaluator(training.EvaluationSteps)
	if err != nil {
		return 0, err
	}
	nats, err = e.Nats(ctx, s.Text.Test)
	return nats / float64(len(s.Text.Test)-1), err
}
