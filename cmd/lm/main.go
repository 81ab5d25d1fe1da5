// Command lm trains a byte-level language model with a compiled recurrent cell, evaluates it
// on held-out text, and samples from it.
//
//	lm train [-cell nascell] [-text FILE] [-epochs N] …
//
// It exits with 0, with 1 if the input or the training failed or standard output could not be
// written, and with 2 for wrong usage.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/cellgen/cellgen/cmd/internal/process"
)

func main() { process.Main(run) }

const usage = "lm train [flags]\n\ttrain a byte-level language model, then print its bits per byte on held-out text and a sample\n"

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// run runs the command and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	out := process.NewOutput(stdout)
	err := out.Close(dispatch(args, out, stderr))
	var wrong *usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "lm: %v\nRun lm -h for usage.\n", err)
		return 2
	}
	fmt.Fprintln(stderr, "lm:", err)
	return 1
}

func dispatch(args []string, stdout, stderr io.Writer) error {
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
	text, err := c.readText()
	if err != nil {
		return err
	}
	training, heldOut := split(text)
	m, err := newModel(c)
	if err != nil {
		return err
	}
	t, err := newTrainer(c, m, training)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s, %d parameters; %d bytes to train on, %d held out\n",
		c.cell, m.size(), len(training), len(heldOut)-1)
	if err != nil {
		return err
	}
	for epoch := range c.epochs {
		if err := t.epoch(epoch+1, heldOut, stdout, stderr); err != nil {
			return err
		}
	}
	return c.writeSample(m, stdout)
}
