package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/internal/language"
	"github.com/cellgen/cellgen/cmd/internal/training"
	"github.com/cellgen/cellgen/cmd/internal/widths"
)

// config is the values of lm train's flags.
type config struct {
	subject
	data
	flagSet      *flag.FlagSet
	cell         string
	run          string // how to run the cell of a file
	folder       string
	every        time.Duration // between checkpoints
	memory       int           // MB, 0: what is free
	quiet, plain bool
	sample       int // symbols
	draw         language.Draw
	prompt       string
}

const runFlag = "run"

// flags returns the flags, which set c.
func (c *config) flags() *flag.FlagSet {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	f.StringVar(&c.cell, "cell", "lstm", "the recurrent `cell`: a .cell or .toml file, or one of "+strings.Join(cells.Shipped(), ", "))
	registerRun(f, &c.run)
	f.StringVar(&c.folder, "model", "lm-model", "the `folder` for the model, its checkpoint and its curve: the same command goes on where it stopped")
	f.DurationVar(&c.every, "every", time.Minute, "`time` between checkpoints; there is one after each epoch, too")
	memoryFlag(f, &c.memory)
	f.BoolVar(&c.quiet, "quiet", false, "show no progress")
	f.BoolVar(&c.plain, "plain", false, "show progress by plain lines, on a terminal too")
	f.IntVar(&c.sample, "sample", 500, "`symbols` to sample at the end, 0 for none")
	drawFlags(f, &c.draw)
	f.StringVar(&c.prompt, "prompt", "", "`text` that the sample continues")
	c.data.flags(f)
	c.Dropout, c.Epochs = 0.3, 6
	sharedFlags(f, &c.Options)
	c.modelFlags(f)
	c.trainingFlags(f)
	c.flagSet = f
	return f
}

// sharedFlags registers what train and compare both have. Dropout and Epochs are the defaults.
func sharedFlags(f *flag.FlagSet, o *training.Options) {
	o.Widths = widths.Register(f)
	f.IntVar(&o.Embed, "embed", 64, "width of a symbol's embedding")
	f.IntVar(&o.Layers, "layers", 1, "number of recurrent layers")
	f.Float64Var(&o.Dropout, "dropout", o.Dropout, "dropout of a layer's output")
	f.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the training text")
	f.IntVar(&o.Batch, "batch", 32, "rows of the batch, each a stripe of the text")
	f.IntVar(&o.Steps, "steps", 64, "steps of back-propagation through time")
	f.IntVar(&o.Shards, "shards", 2, "equal parts of the batch, computed at the same time")
}

// modelFlags registers the other flags of what a model is made of.
func (c *config) modelFlags(f *flag.FlagSet) {
	f.IntVar(&c.Hidden, "hidden", 320, "units in a layer")
	f.IntVar(&c.Project, "project", 0, "width that a layer's output is mapped to, 0 for none")
	f.Float64Var(&c.EmbedDropout, "embeddropout", 0, "dropout of the embedding")
	f.Float64Var(&c.RecurrentDropout, "recurrentdropout", 0, "dropout of a layer's own output of the step before, the same in all steps of a chunk")
	f.BoolVar(&c.Tied, "tied", false, "let the output have the embedding's table, after a map to its width")
	f.Uint64Var(&c.Seed, "seed", 1, "seed of the weights, of what is dropped, and of the sample")
}

// trainingFlags registers the other flags of how it is trained.
func (c *config) trainingFlags(f *flag.FlagSet) {
	f.Float64Var(&c.Rate, "rate", 6e-3, "AdamW's learning rate at its highest")
	f.StringVar(&c.Schedule, "schedule", training.Schedules[0], "the `schedule` of the rate: "+strings.Join(training.Schedules, " or "))
	f.IntVar(&c.Warmup, "warmup", 50, "`updates` in which the rate rises")
	f.Float64Var(&c.LastRate, "lastrate", 0.01, "the rate at the end of the cosine, as a fraction of -rate")
	f.Float64Var(&c.Decay, "decay", 0.1, "AdamW's weight decay")
	f.Float64Var(&c.Clip, "clip", 1, "largest norm of the gradients")
}

// memoryFlag registers -memory.
func memoryFlag(f *flag.FlagSet, megabytes *int) {
	f.IntVar(megabytes, "memory", 0, "take at most this many `megabytes` of memory, 0 for as many as are free")
}

// drawFlags registers the flags of how symbols are drawn, except for the seed.
func drawFlags(f *flag.FlagSet, d *language.Draw) {
	f.Float64Var(&d.Temperature, "temperature", 0.8, "temperature of the sample; 0 always takes the likeliest symbol")
	f.IntVar(&d.TopK, "topk", 0, "draw from this many of the likeliest symbols, 0 for all")
	f.Float64Var(&d.TopP, "topp", 1, "draw from the likeliest symbols that together have this probability; 0 or 1 for all")
}

// parseConfig parses the arguments. Asked for help, it prints it and returns flag.ErrHelp.
func parseConfig(args []string, stdout io.Writer) (*config, error) {
	c := new(config)
	if err := parse(c.flags(), args, stdout); err != nil {
		return nil, err
	}
	c.draw.Seed = c.Seed
	if err := c.check(); err != nil {
		return nil, usagef("%v", err)
	}
	var err error
	if c.use, err = findCell(c.cell); err != nil {
		return nil, err
	}
	if err := checkCompiled(c.run, c.use); err != nil {
		return nil, err
	}
	if err := language.CheckCell(c.use); err != nil {
		return nil, err
	}
	if err := c.Options.Options.Check(c.use); err != nil {
		return nil, usagef("%v", err)
	}
	return c, nil
}

// parse parses the flags of a command.
func parse(f *flag.FlagSet, args []string, stdout io.Writer) error {
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usages[f.Name()])
		f.SetOutput(stdout)
		f.PrintDefaults()
		return err
	case err != nil:
		return usagef("%s: %v", f.Name(), err)
	case f.NArg() > 0:
		return usagef("%s: unexpected argument %q", f.Name(), f.Arg(0))
	}
	return nil
}

// check returns an error if a value is out of range.
func (c *config) check() error {
	if err := checkRun(c.run); err != nil {
		return err
	}
	for _, n := range []struct {
		flag  string
		value int
	}{{"memory", c.memory}, {"sample", c.sample}} {
		if n.value < 0 {
			return fmt.Errorf("-%s is %d, want at least 0", n.flag, n.value)
		}
	}
	if c.every < 0 {
		return fmt.Errorf("-every is %v, want at least 0s", c.every)
	}
	return errors.Join(c.data.check(), c.Options.Check(), c.draw.Check())
}

// beside are the flags that do not decide what numbers training computes, or whose values are in a
// setup in another form.
var beside = []string{
	"cell", runFlag, "model", "every", "memory", "quiet", "plain", "sample", "temperature", "topk", "topp", "prompt",
	"text", "valid", "vocabulary", "limit",
}

// setup returns all that decides what numbers training computes.
func (c *config) setup(t *texts) training.Setup {
	s := c.data.setup(t)
	s["cell"] = c.use.Describe().Name + "\n" + c.use.Describe().Source
	s[runFlag], s["vocabulary"] = c.way(), t.vocabularyDigest()
	c.flagSet.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(beside, f.Name) {
			s[f.Name] = f.Value.String()
		}
	})
	s["width"] = fmt.Sprint(c.Widths) // in the order of their names
	return s
}

// levels are the names of levels.
func levels() (names []string) {
	for _, l := range corpus.Levels() {
		names = append(names, string(l))
	}
	return names
}
