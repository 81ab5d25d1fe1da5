package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/widths"
)

// config is the values of the flags.
type config struct {
	cell, text                   string
	use                          *recurrent  // the cell
	widths                       widths.Flag // of the cell
	run                          string      // how to run the cell of a file
	limit                        int         // bytes, 0: all
	epochs, hidden, embed        int
	layers, batch, steps, shards int
	memory                       int // MB, 0: what is free
	rate, clip                   float64
	seed                         uint64
	sample                       int // bytes
	temperature                  float64
	prompt                       string
}

// flags returns the flags, which set c.
func (c *config) flags() *flag.FlagSet {
	f := flag.NewFlagSet("train", flag.ContinueOnError)
	f.StringVar(&c.cell, "cell", "nascell", "the recurrent `cell`: a .cell or .toml file, or one of "+strings.Join(cellNames(), ", "))
	c.widths = widths.Register(f)
	f.StringVar(&c.run, "run", auto, "the `way` in which the cell of a file is run: "+interpretedRun+", "+compiledRun+", which needs the go command, or "+auto+", whichever takes less time in all")
	f.StringVar(&c.text, "text", "", "the text `file`, - for standard input (default Newton's Opticks, from the Go distribution)")
	f.IntVar(&c.limit, "limit", 0, fmt.Sprintf("use only this many `bytes` from the start of the text, 0 for all; at most %d are read", maxText))
	f.IntVar(&c.epochs, "epochs", 1, "passes over the training text")
	f.IntVar(&c.hidden, "hidden", 160, "units in a layer")
	f.IntVar(&c.embed, "embed", 64, "width of a byte's embedding")
	f.IntVar(&c.layers, "layers", 1, "number of recurrent layers")
	f.IntVar(&c.batch, "batch", 16, "rows of the batch, each a stripe of the text")
	f.IntVar(&c.steps, "steps", 20, "steps of back-propagation through time")
	f.IntVar(&c.shards, "shards", 2, "equal parts of the batch, computed at the same time")
	f.IntVar(&c.memory, "memory", 0, "take at most this many `megabytes` of memory, 0 for as many as are free")
	f.Float64Var(&c.rate, "rate", 8e-3, "Adam's learning rate at its highest")
	f.Float64Var(&c.clip, "clip", 5, "largest norm of the gradients")
	f.Uint64Var(&c.seed, "seed", 1, "seed of the weights and the sample")
	f.IntVar(&c.sample, "sample", 500, "`bytes` to sample at the end, 0 for none")
	f.Float64Var(&c.temperature, "temperature", 0.8, "temperature of the sample; 0 always takes the likeliest byte")
	f.StringVar(&c.prompt, "prompt", "", "`text` that the sample continues")
	return f
}

// parseConfig parses the arguments. Asked for help, it prints it and returns
// flag.ErrHelp.
func parseConfig(args []string, stdout io.Writer) (*config, error) {
	c := new(config)
	f := c.flags()
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, usagef("train: %v", err)
	case f.NArg() > 0:
		return nil, usagef("train: unexpected argument %q", f.Arg(0))
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.use, err = findCell(c.cell); err != nil {
		return nil, err
	}
	if c.use.program == nil && built == nil && c.run != auto {
		return nil, usagef("-run is %s, and %v is compiled already: it is for cells of files", c.run, c.use)
	}
	return c, c.checkFit()
}

// check returns an error if a value is out of range.
func (c *config) check() error {
	if !slices.Contains([]string{auto, interpretedRun, compiledRun}, c.run) {
		return usagef("-run is %q, want %s, %s or %s", c.run, auto, interpretedRun, compiledRun)
	}
	for _, n := range []struct {
		flag         string
		value, least int
	}{
		{"limit", c.limit, 0},
		{"epochs", c.epochs, 1},
		{"hidden", c.hidden, 1},
		{"embed", c.embed, 1},
		{"layers", c.layers, 1},
		{"batch", c.batch, 1},
		{"steps", c.steps, 1},
		{"shards", c.shards, 1},
		{"memory", c.memory, 0},
		{"sample", c.sample, 0},
	} {
		if n.value < n.least {
			return usagef("-%s is %d, want at least %d", n.flag, n.value, n.least)
		}
	}
	if c.batch%c.shards != 0 {
		return usagef("-batch is %d, want a multiple of -shards, %d", c.batch, c.shards)
	}
	return c.checkReals()
}

func (c *config) checkReals() error {
	for _, r := range []struct {
		flag         string
		value, least float64
	}{
		{"rate", c.rate, math.SmallestNonzeroFloat32},
		{"clip", c.clip, 0x1p-126}, // what ClipGradients takes
	} {
		if v := float64(float32(r.value)); !(v >= r.least) || math.IsInf(v, 0) {
			return usagef("-%s is %v, want a float32 of at least %.3g", r.flag, r.value, r.least)
		}
	}
	if !(c.temperature >= 0) || math.IsInf(c.temperature, 0) {
		return usagef("-temperature is %v, want a number of at least 0", c.temperature)
	}
	return nil
}
