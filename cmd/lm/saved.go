package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// saved is the values of the flags that say which model is read, and how its cell is run.
type saved struct{ model, run string }

func (s *saved) flags(f *flag.FlagSet) {
	f.StringVar(&s.model, "model", "lm-model", "the model: a `file`, or the folder of lm train")
	registerRun(f, &s.run)
}

// load reads the model. A cell that is not a shipped one is run as the chooser says, as in training;
// worth is the chooser's. A signal meanwhile is an error that says where it came.
func (s *saved) load(where string, stderr io.Writer, worth func(m *language.Model) (seconds float64, long string, err error)) (*language.Model, error) {
	ctx, stop := process.Interruptible(where)
	m, err := await(ctx, func() (*language.Model, error) { return load(s.model) })
	stop()
	if err == nil {
		err = checkCompiled(s.run, m.Cell)
	}
	if err == nil && m.Cell.Program != nil && rebuild.Built() == nil {
		by := &chooser{run: s.run, cell: m.Cell, worth: func() (float64, string, error) { return worth(m) }}
		err = by.choose(stderr)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// load reads a model from its file, or from the folder of a run.
func load(name string) (*language.Model, error) {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		name = training.ModelFile(name)
		_, err = os.Stat(name)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w (lm train makes a model, and -model says where)", err)
	}
	m, _, err := language.Load(name, given()...)
	return m, err
}
