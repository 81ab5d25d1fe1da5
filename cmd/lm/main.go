// Command lm trains a byte-level language model with a recurrent cell, one of the shipped or one
// of a file, evaluates it on held-out text, and samples from it.
//
//	lm train [-cell {NAME | FILE}] [-text FILE] [-epochs N] …
//
// It exits with 0, with 1 if the input or the training failed or standard output could not be
// written, with 2 for wrong usage, and with 128 and the signal's number if one interrupts it:
// it then says what is lost.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"runtime/debug"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime"
)

func main() {
	leaveFolder()
	process.Main(run)
}

const usage = `lm train [flags]
	train a byte-level language model, then print its bits per byte on held-out text and a sample

The cell of a .cell or .toml file is interpreted at once or, if the run is long enough to gain
from it, compiled first, which needs the go command. Standard error says which. The numbers of
the run are the same up to rounding.

`

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// run runs the command and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	out := process.NewOutput(stdout)
	err := out.Close(dispatch(args, out, stderr))
	var wrong *usageError
	var ended *interruption
	var other *exited
	var mistakes front.Errors
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(plain.Writer(stderr), "lm: %v\nRun lm -h for usage.\n", err)
		return 2
	case errors.As(err, &other):
		return other.code
	case errors.As(err, &mistakes): // which begin with their places
		fmt.Fprintln(plain.Writer(stderr), err)
		return 1
	}
	fmt.Fprintln(plain.Writer(stderr), "lm:", err)
	if errors.As(err, &ended) {
		return exitCode(ended.signal)
	}
	return 1
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	if err := runtime.CheckEnvironment(); err != nil {
		return err
	}
	if len(args) == 0 {
		return usagef("no command, want lm train")
	}
	switch args[0] {
	case "train":
		c, err := parseConfig(args[1:], stdout)
		if err != nil {
			return err
		}
		return c.train(stdout, stderr)
	case "help", "-h", "-help", "--help":
		_, err := parseConfig([]string{"-h"}, stdout)
		return err
	}
	return usagef("unknown command %q, want lm train", args[0])
}

// train runs the command lm train.
func (c *config) train(stdout, stderr io.Writer) error {
	if len(c.use.warnings) > 0 {
		fmt.Fprintln(plain.Writer(stderr), c.use.warnings.Warning())
	}
	available := c.available()
	left, err := c.checkMemory(available)
	if err != nil {
		return err
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), int64(min(available, math.MaxInt64/2)))) // collect garbage before that
	if c.use.program != nil {
		if err := c.chooseRun(stderr); err != nil {
			return err
		}
	}
	ctx, stop := interruptible()
	defer stop()
	text, err := await(ctx, func() ([]byte, error) { return c.readText(mostText(left)) })
	if err != nil {
		return err
	}
	training, heldOut := split(text)
	t, err := await(ctx, func() (*trainer, error) {
		m, err := newModel(c)
		if err != nil {
			return nil, err
		}
		return newTrainer(c, m, training)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s, %d parameters; %d bytes to train on, %d held out\n",
		c.use.name, t.model.size(), len(training), len(heldOut)-1)
	if err != nil {
		return err
	}
	for epoch := range c.epochs {
		if err := t.epoch(ctx, epoch+1, heldOut, stdout, stderr); err != nil {
			return err
		}
	}
	return t.writeSample(ctx, stdout)
}
