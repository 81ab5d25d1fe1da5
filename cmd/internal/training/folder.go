package training

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/runtime/replace"
)

// Folder is where a run keeps what it makes. A process that has opened it is its only user.
type Folder struct {
	path   string
	setup  Setup
	begun  bool // whether it has a checkpoint
	unlock func() error
}

// ModelFile returns the file of the best model in a folder.
func ModelFile(folder string) string { return filepath.Join(folder, "model.safetensors") }

// CheckpointFile returns the file of the checkpoint in a folder.
func CheckpointFile(folder string) string { return filepath.Join(folder, "checkpoint.safetensors") }

// Open opens a folder for a run with a setup, and makes it if there is none. What a process that
// was killed has left half-written is removed. It is an error if another process has opened the
// folder, or if it has a run with another setup.
func Open(path string, setup Setup) (*Folder, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	unlock, err := process.Lock(filepath.Join(path, ".lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f := &Folder{path: path, setup: setup, unlock: unlock}
	if err := f.open(); err != nil {
		return nil, errors.Join(err, unlock())
	}
	return f, nil
}

func (f *Folder) open() error {
	saved, err := ReadSetup(f.checkpoint())
	if err != nil {
		return err
	}
	if f.begun = saved != nil; f.begun {
		if err := f.setup.Differ(saved); err != nil {
			return fmt.Errorf("%s has another run: %w; say what it began with to go on, "+
				"or choose another folder with -model", f.path, err)
		}
	}
	if _, err := os.Stat(ModelFile(f.path)); !f.begun && err == nil {
		return fmt.Errorf("%s has a model, and no checkpoint to go on from: choose another folder with -model", f.path)
	}
	if err := replace.Sweep(f.path); err != nil {
		return fmt.Errorf("%s: removing what a killed process has left: %w", f.path, err)
	}
	return nil
}

// Close lets other processes open the folder.
func (f *Folder) Close() error { return f.unlock() }

func (f *Folder) checkpoint() string { return CheckpointFile(f.path) }

// Resume takes a trainer to where the run is, and reports whether it has begun.
func (f *Folder) Resume(t *Trainer) (begun bool, err error) {
	if f.begun {
		err = t.Restore(f.checkpoint())
	}
	return f.begun, err
}

// save writes a checkpoint.
func (f *Folder) save(t *Trainer) error {
	if err := t.Save(f.checkpoint(), f.setup); err != nil {
		return fmt.Errorf("saving a checkpoint: %w", err)
	}
	f.begun = true
	return nil
}

// saveModel writes the model, as the best so far.
func (f *Folder) saveModel(t *Trainer) error {
	about := map[string]string{keyBest: fmt.Sprintf("%d", t.Best.Epoch)}
	if len(t.heldOut) > 1 {
		about[keyHeldOut] = fmt.Sprint(t.Best.Nats)
	}
	if err := t.model.Save(ModelFile(f.path), about); err != nil {
		return fmt.Errorf("saving the model: %w", err)
	}
	return nil
}

// The keys of the model's metadata: the epoch that it is from, and its nats per symbol of the
// text that was held out.
const (
	keyBest    = "lm.epoch"
	keyHeldOut = "lm.heldout"
)

// saveCurve writes the curve, as JSON lines and as a picture.
func (f *Folder) saveCurve(t *Trainer) error {
	lines, err := jsonLines(t.Curve)
	if err != nil {
		return err
	}
	picture, err := picture(t.Curve)
	if err != nil {
		return err
	}
	err = errors.Join(
		write(filepath.Join(f.path, "curve.jsonl"), lines),
		write(filepath.Join(f.path, "curve.svg"), picture))
	if err != nil {
		return fmt.Errorf("saving the curve: %w", err)
	}
	return nil
}
