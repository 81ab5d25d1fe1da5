package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/comparison"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/cmd/internal/widths"
	"github.com/cellgen/cellgen/runtime/replace"
)

// compareConfig is the values of lm compare's flags.
type compareConfig struct {
	data
	cells, rates string
	memory       int // MB, 0: what is free
	study        comparison.Study
}

func (c *compareConfig) flags() *flag.FlagSet {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	o := &c.study.Options
	f.StringVar(&c.cells, "cells", "lstm,gru,slstm,nascell", "the `cells`, separated by commas: shipped ones and files")
	f.StringVar(&c.rates, "rates", "6e-3,12e-3,24e-3,48e-3,96e-3", "the learning `rates` that each cell is tried with")
	f.StringVar(&c.study.Folder, "folder", "lm-compare", "the `folder` for the trials: the same command goes on where it stopped")
	f.IntVar(&c.study.Parameters, "parameters", 200_000, "most parameters of a model: each cell has as many units as fit")
	f.IntVar(&c.study.Seeds, "seeds", 5, "seeds that each cell is trained with, at its best rate")
	memoryFlag(f, &c.memory)
	o.Epochs = 3
	sharedFlags(f, o)
	c.textFlags(f)
	o.Schedule, o.Warmup, o.LastRate, o.Decay, o.Clip = training.Schedules[0], 50, 0.01, 0.1, 1
	return f
}

// compare runs the command lm compare.
func compare(args []string, stdout io.Writer) error {
	c := &compareConfig{data: data{level: string(corpus.Bytes)}}
	f := c.flags()
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return usagef("%v", err)
	}
	ctx, stop := process.Interruptible("before the first trial: nothing is lost")
	defer stop()
	available := availableMemory(c.memory)
	defer limitMemory(available)()
	if _, err := await(ctx, func() (struct{}, error) { return struct{}{}, c.readAll(f, available) }); err != nil {
		return err
	}
	rows, err := c.study.Run(ctx, func(r *comparison.Result) error {
		state := fmt.Sprintf("%.4f nats", r.Validation)
		if r.Diverged != "" {
			state = r.Diverged
		}
		_, err := fmt.Fprintf(stdout, "%s, %d units, rate %g, seed %d: validation %s\n", r.Cell, r.Hidden, r.Rate, r.Seed, state)
		return err
	})
	kept := func() string { return c.study.Folder + " has what is done: the same command goes on" }
	if ended := interrupted(ctx, kept); ended != nil && isCause(ctx, err) {
		return ended
	}
	if err != nil {
		return err
	}
	return c.report(rows, stdout)
}

// check returns an error if a flag is out of range, and reads the lists.
func (c *compareConfig) check() (err error) {
	for rate := range strings.SplitSeq(c.rates, ",") {
		v, err := strconv.ParseFloat(rate, 64)
		if err != nil {
			return fmt.Errorf("-rates: %q is not a number", rate)
		}
		o := c.study.Options
		if !(v > 0 && v*o.Decay <= 1) {
			return fmt.Errorf("-rates: %s, want numbers above 0, up to %g", rate, 1/o.Decay)
		}
		if slices.Contains(c.study.Rates, v) {
			return fmt.Errorf("-rates has %s twice", rate)
		}
		c.study.Rates = append(c.study.Rates, v)
		o.Hidden, o.Rate = 1, v
		if err := o.Check(); err != nil {
			return err
		}
	}
	if c.study.Seeds < 1 {
		return fmt.Errorf("-seeds is %d, want at least 1", c.study.Seeds)
	}
	if n := c.study.Parameters; n < 1 {
		return fmt.Errorf("-parameters is %d, want at least 1", n)
	}
	if c.memory < 0 {
		return fmt.Errorf("-memory is %d, want at least 0", c.memory)
	}
	return c.data.check()
}

// readAll finds the cells and reads the text: four fifths to train on, a tenth to choose by, and a
// tenth to report. It is an error if the largest model would take more memory than is available.
func (c *compareConfig) readAll(f *flag.FlagSet, available memory) error {
	if err := c.findCells(); err != nil {
		return err
	}
	text, err := c.readText(mostText(available))
	if err != nil {
		return err
	}
	s := &c.study
	if s.Vocabulary, err = corpus.NewVocabulary(corpus.Level(c.level), text, 0); err != nil {
		return err
	}
	symbols, err := s.Vocabulary.Encode(text)
	if err != nil {
		return err
	}
	n := len(symbols)
	s.Text = comparison.Text{Training: symbols[:n*8/10], Validation: symbols[n*8/10-1 : n*9/10], Test: symbols[n*9/10-1:]}
	s.Setup = c.data.setup(&texts{training: text})
	f.VisitAll(func(f *flag.Flag) {
		switch f.Name {
		case "cells", "rates", "seeds", "folder", "text", "limit", "parameters", "memory", "width":
		default:
			s.Setup[f.Name] = f.Value.String()
		}
	})
	return c.checkMemory(max(0, available-textMemory(len(text))))
}

// findCells finds the cells, and checks that each has the widths that it leaves open.
func (c *compareConfig) findCells() error {
	given := widths.Flag(c.study.Options.Widths)
	var open []string
	for name := range strings.SplitSeq(c.cells, ",") {
		cell, err := cells.Find(name)
		if err == nil {
			err = language.CheckCell(cell)
		}
		if err != nil {
			return err
		}
		if err := given.Of(cell.Open()).Check(cell.Open(), true); err != nil {
			return usagef("%s: %v", cell.Name, err)
		}
		open = append(open, cell.Open()...)
		cell.Name = strings.TrimSuffix(filepath.Base(cell.Name), filepath.Ext(cell.Name))
		if slices.ContainsFunc(c.study.Cells, func(other *cells.Cell) bool { return strings.EqualFold(other.Name, cell.Name) }) {
			return usagef("-cells has two cells called %s: give one another name", cell.Name)
		}
		c.study.Cells = append(c.study.Cells, cell)
	}
	if err := given.Check(open, true); err != nil {
		return usagef("%v", err)
	}
	return nil
}

// checkMemory returns an error if a cell's model would take more memory than is available.
func (c *compareConfig) checkMemory(available memory) error {
	for _, cell := range c.study.Cells {
		o, err := c.study.Largest(cell)
		if err == nil {
			_, err = (&subject{o, cell}).checkMemory(available, c.study.Vocabulary.Len(), "parameters")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", cell.Name, err)
		}
	}
	return nil
}

// report prints the table, and draws the picture.
func (c *compareConfig) report(rows []*comparison.Row, stdout io.Writer) error {
	fmt.Fprintln(stdout)
	if err := comparison.Write(stdout, rows); err != nil {
		return err
	}
	picture, err := comparison.Picture(rows)
	if err != nil {
		return err
	}
	path := filepath.Join(c.study.Folder, "comparison.svg")
	err = replace.Write(path, func(w io.Writer) error {
		_, err := w.Write(picture)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
