package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
)

// writing is a sample that is written as it is drawn.
type writing struct {
	model  *language.Model
	draw   language.Draw
	prompt []byte
	length int    // symbols
	stop   string // ends the sample, and is not written; "" for none
}

// write prints the prompt and what follows.
func (w *writing) write(ctx context.Context, stdout io.Writer) error {
	s, err := w.model.NewSampler(w.draw)
	if err != nil {
		return err
	}
	prompt, err := w.model.Vocabulary.Encode(w.prompt)
	if err != nil {
		return fmt.Errorf("the prompt: %w", err)
	}
	out := newPrinter(stdout)
	_, err = out.Write(w.prompt)
	if err == nil {
		err = s.Read(ctx, prompt)
	}
	if err == nil {
		err = w.draws(ctx, s, out)
	}
	if ended := out.end(); err == nil {
		err = ended
	}
	if err != nil {
		return fmt.Errorf("sampling: %w", err)
	}
	return nil
}

// draws writes the symbols that are drawn.
func (w *writing) draws(ctx context.Context, s *language.Sampler, out io.Writer) error {
	var stops []string
	if w.stop != "" {
		stops = []string{w.stop}
	}
	text := language.NewText(w.model.Vocabulary, w.prompt, stops)
	for range w.length {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		symbol, err := s.Next()
		if err != nil {
			return err
		}
		if text.Add(symbol) {
			break
		}
		if _, err := out.Write(text.Take()); err != nil {
			return err
		}
	}
	_, err := out.Write(text.Rest())
	return err
}

// sampleConfig is the values of lm sample's flags.
type sampleConfig struct {
	saved
	prompt, file, stop string
	length, samples    int
	draw               language.Draw
}

func (c *sampleConfig) flags() *flag.FlagSet {
	f := flag.NewFlagSet("sample", flag.ContinueOnError)
	c.saved.flags(f)
	f.StringVar(&c.prompt, "prompt", "", "`text` that the sample continues")
	f.StringVar(&c.file, "file", "", "a text `file` that the sample continues, - for standard input")
	f.StringVar(&c.stop, "stop", "", "`text` that ends a sample, and is not printed")
	f.IntVar(&c.length, "length", 500, "`symbols` to sample, at most")
	f.IntVar(&c.samples, "samples", 1, "how many samples; each has a seed of its own")
	f.Uint64Var(&c.draw.Seed, "seed", 1, "seed of the first sample")
	drawFlags(f, &c.draw)
	return f
}

func (c *sampleConfig) check() error {
	switch {
	case c.length < 0:
		return fmt.Errorf("-length is %d, want at least 0", c.length)
	case c.samples < 1:
		return fmt.Errorf("-samples is %d, want at least 1", c.samples)
	case c.prompt != "" && c.file != "":
		return errors.New("-prompt and -file are both given, want one")
	}
	return errors.Join(checkRun(c.run), c.draw.Check())
}

// worth returns how long sampling takes.
func (c *sampleConfig) worth(m *language.Model) (seconds float64, long string, err error) {
	size := len(c.prompt)
	if c.file != "" {
		var known bool
		if size, known, err = (corpus.Text{Files: []string{c.file}}).Size(); err != nil || !known {
			return 0, unknownText, err
		}
	}
	s, err := m.NewSampler(c.draw)
	if err != nil {
		return 0, "", err
	}
	const steps = 20
	took := timed(func() { _ = s.Read(context.Background(), make([]int32, steps)) })
	return took / steps * (float64(size) + float64(c.length)) * float64(c.samples), "", nil
}

// sample runs the command lm sample.
func sample(args []string, stdout, stderr io.Writer) error {
	c := new(sampleConfig)
	if err := parse(c.flags(), args, stdout); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return usagef("%v", err)
	}
	const where = "before the end of the sample"
	m, err := c.load(where, stderr, c.worth)
	if err != nil {
		return err
	}
	ctx, stop := process.Interruptible(where)
	defer stop()
	w := writing{model: m, draw: c.draw, prompt: []byte(c.prompt), length: c.length, stop: c.stop}
	if c.file != "" {
		source := corpus.Text{Files: []string{c.file}}
		if w.prompt, err = await(ctx, func() ([]byte, error) { return source.Read(corpus.MaxText) }); err != nil {
			return err
		}
	}
	for i := range c.samples {
		w.draw.Seed = c.draw.Seed + uint64(i)
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		if err := w.write(ctx, stdout); err != nil {
			return err
		}
	}
	return nil
}
