package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// train runs the command lm train.
func (c *config) train(stdout, stderr io.Writer) error {
	if len(c.use.Warnings) > 0 {
		fmt.Fprintln(plain.Writer(stderr), c.use.Warnings.Warning())
	}
	available := availableMemory(c.memory)
	left, err := c.checkMemory(available, c.likelySymbols(), "hidden")
	if err != nil {
		return err
	}
	defer limitMemory(available)()
	if c.use.Program != nil {
		if err := c.chooseRun(stderr); err != nil {
			return err
		}
	}
	ctx, stop := process.Interruptible("before the first step: nothing is lost")
	defer stop()
	t, err := await(ctx, func() (*texts, error) { return c.read(mostText(left)) })
	if err != nil {
		return err
	}
	if _, err := t.vocabulary.Encode([]byte(c.prompt)); err != nil {
		return fmt.Errorf("the prompt: %w", err)
	}
	if _, err := c.checkMemory(available, t.vocabulary.Len(), "hidden"); err != nil {
		return err
	}
	s, err := await(ctx, func() (*session, error) { return c.begin(t) })
	if err != nil {
		return err
	}
	defer s.folder.Close()
	if err := s.say(stdout, t); err != nil {
		return err
	}
	if err := s.run(ctx, stdout, stderr); err != nil {
		return err
	}
	return s.writeSample(ctx, stdout)
}

// session is a run of training in this process.
type session struct {
	c       *config
	trainer *training.Trainer
	model   *language.Model
	folder  *training.Folder
	begun   bool // by a process before
}

// begin makes a model, or goes on from a checkpoint.
func (c *config) begin(t *texts) (s *session, err error) {
	s = &session{c: c}
	if s.model, err = language.New(c.use, t.vocabulary, c.Options.Options); err != nil {
		return nil, err
	}
	if s.trainer, err = training.New(s.model, c.Options, t.symbols, t.held); err != nil {
		return nil, err
	}
	if s.folder, err = training.Open(c.folder, c.setup(t)); err != nil {
		return nil, err
	}
	if s.begun, err = s.folder.Resume(s.trainer); err != nil {
		return nil, errors.Join(err, s.folder.Close())
	}
	return s, nil
}

// say prints what is trained, and where a run that has begun before is.
func (s *session) say(stdout io.Writer, t *texts) error {
	_, err := fmt.Fprintf(stdout, "%s, %d parameters, %d symbols; %d %s to train on, %d held out\n",
		s.c.use.Name, s.model.Parameters(), t.vocabulary.Len(), len(t.symbols), s.c.level, max(len(t.held)-1, 0))
	switch {
	case err != nil || !s.begun:
		return err
	case s.trainer.Finished():
		_, err = fmt.Fprintf(stdout, "the run in %s is finished: %s\n", s.c.folder, s.best())
	default:
		_, err = fmt.Fprintf(stdout, "going on in %s after step %d of %d\n", s.c.folder, s.trainer.Update, s.trainer.Updates())
	}
	return err
}

// best says which model is kept.
func (s *session) best() string {
	if best := s.trainer.Best; best.Nats > 0 {
		return fmt.Sprintf("the best model is of epoch %d, held out %s", best.Epoch, s.c.loss(best.Nats))
	}
	return fmt.Sprintf("the model is of epoch %d", s.trainer.Best.Epoch)
}

// loss shows a loss that is given in nats per symbol.
func (c *config) loss(nats float64) string {
	unit := strings.TrimSuffix(c.level, "s")
	if c.level == string(corpus.Words) {
		return fmt.Sprintf("%.3f bits per %s, perplexity %.2f", nats/math.Ln2, unit, math.Exp(nats))
	}
	return fmt.Sprintf("%.3f bits per %s, %.3f nats", nats/math.Ln2, unit, nats)
}

// run trains, and prints a line for each epoch.
func (s *session) run(ctx context.Context, stdout, stderr io.Writer) error {
	if s.begun && s.trainer.Finished() {
		return nil
	}
	show := s.newProgress(stderr)
	defer func() { show.finish() }()
	began := s.trainer.Seconds
	err := s.trainer.Run(ctx, training.Run{
		Folder: s.folder, Every: s.c.every,
		Step: func() { show.add(s.trainer.LastNats) },
		Epoch: func() error {
			show.finish()
			took := s.trainer.Seconds - began
			began = s.trainer.Seconds
			show = s.newProgress(stderr)
			return s.printEpoch(stdout, took)
		},
	})
	if ended := interrupted(ctx, s.kept); ended != nil && isCause(ctx, err) {
		return ended
	}
	if err != nil {
		return fmt.Errorf("epoch %d: %w", min(s.trainer.Epoch+1, s.c.Epochs), err)
	}
	_, err = fmt.Fprintf(stdout, "%s; it is %s\n", s.best(), training.ModelFile(s.c.folder))
	return err
}

// isCause reports whether an error is the end of a context.
func isCause(ctx context.Context, err error) bool { return errors.Is(err, context.Cause(ctx)) }

func (s *session) printEpoch(stdout io.Writer, seconds float64) error {
	line := fmt.Sprintf("epoch %d: ", s.trainer.Epoch)
	if nats, ok := s.trainer.HeldOut(); ok {
		line += fmt.Sprintf("held out %s ", s.c.loss(nats))
	}
	_, err := fmt.Fprintf(stdout, "%s(train %.3f), %.0f s\n", line, s.trainer.TrainNats/math.Ln2, seconds)
	return err
}

// kept says how far training is, and that it can go on.
func (s *session) kept() string {
	t := s.trainer
	heldOut := "not evaluated yet"
	if nats, ok := t.HeldOut(); ok {
		heldOut = fmt.Sprintf("%s after epoch %d", s.c.loss(nats), t.Epoch)
	}
	return fmt.Sprintf("at step %d of %d, loss %s, held out %s; %s has a checkpoint: the same command goes on",
		t.Update, t.Updates(), s.c.loss(t.LastNats), heldOut, s.c.folder)
}

// writeSample prints the prompt and the best model's continuation, as it is drawn.
func (s *session) writeSample(ctx context.Context, stdout io.Writer) error {
	if s.c.sample == 0 {
		return nil
	}
	if err := s.model.Stack.Load(training.ModelFile(s.c.folder)); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout); err != nil {
		return err
	}
	w := writing{model: s.model, draw: s.c.draw, prompt: []byte(s.c.prompt), length: s.c.sample}
	err := w.write(ctx, stdout)
	if ended := interrupted(ctx, s.kept); ended != nil && isCause(ctx, err) {
		err = ended
	}
	return err
}

// newProgress returns the progress of the epoch that is under way.
func (s *session) newProgress(stderr io.Writer) *progress {
	t := s.trainer
	if s.c.quiet {
		stderr = io.Discard
	}
	p := newProgress(stderr, min(t.Epoch+1, s.c.Epochs), t.Chunks(), s.c.Batch*s.c.Steps)
	p.unit, p.done, p.before = strings.TrimSuffix(s.c.level, "s"), t.Chunk, t.Chunk
	p.products = t.Products
	if s.c.plain {
		p.place = nil
	}
	return p
}
