package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/toolchain"
	"github.com/cellgen/cellgen/cmd/internal/training"
)

// The ways to run the cell of a file, as -run names them.
const (
	auto           = "auto"
	interpretedRun = "interpreted"
	compiledRun    = "compiled"
)

// exited is the end of the run by the program in which the cell is compiled.
type exited struct{ code int }

func (e *exited) Error() string {
	return fmt.Sprintf("the compiled run ended with exit code %d", e.code)
}

// chooseRun says how the cell of a file is run. If it is compiled, another program runs the
// command, and this one does not go on: chooseRun does not return, or returns how that ended.
func (c *config) chooseRun(stderr io.Writer) error {
	release, err := process.Hold(func() (undo func() error, err error) { return func() error { return nil }, nil })
	if err != nil {
		return err
	}
	defer release() // until then a signal ends this process
	compiled, why, err := c.choice()
	if err != nil {
		return err
	}
	if compiled {
		fmt.Fprintf(plain.Writer(stderr), "%s: %s\n", compiledRun, why)
		if err = c.runCompiled(); c.run == compiledRun || isExited(err) {
			return err
		}
		why = err.Error()
	}
	fmt.Fprintf(plain.Writer(stderr), "%s: %s\n", interpretedRun, why)
	return nil
}

func isExited(err error) bool { _, ok := err.(*exited); return ok }

// runCompiled compiles the cell, and has lm with it run the command. It returns only errors.
func (c *config) runCompiled() error {
	file, remove, err := build(context.Background(), c.use)
	if err != nil {
		return err
	}
	defer func() { _ = remove() }()
	code, err := become(file)
	if err != nil {
		return err
	}
	return &exited{code}
}

// choice returns whether to compile the cell, and why.
func (c *config) choice() (compiled bool, why string, err error) {
	if c.run != auto {
		return c.run == compiledRun, "as -run says", nil
	}
	if began := c.began(); began != "" {
		return began == compiledRun, "as the run in " + c.folder + " began", nil
	}
	if _, err := (toolchain.Go{}).Command(); err != nil {
		return false, err.Error(), nil
	}
	size, known, err := c.textSize()
	if err != nil {
		return false, "", err
	}
	if !known {
		return true, "how long the text is, and so the run, is not known yet", nil
	}
	seconds, err := c.estimate(size)
	if err != nil {
		return false, "", err
	}
	took := time.Duration(min(seconds, 1e9) * float64(time.Second)).Round(time.Second / 10)
	if seconds*(1-1/speedup) > compileSeconds {
		return true, fmt.Sprintf("compiling saves more time than it takes, as interpreted the run would take about %v", took), nil
	}
	return false, fmt.Sprintf("compiling would take longer than it saves, as the run takes about %v", took), nil
}

// textSize returns how many bytes the text has, if that is known before it is read.
func (c *config) textSize() (size int, known bool, err error) {
	text, err := c.source()
	if err != nil {
		return 0, false, err
	}
	return text.Size()
}

// began returns how the run in the folder began; "" if there is none.
func (c *config) began() string {
	setup, err := training.ReadSetup(training.CheckpointFile(c.folder))
	if err != nil {
		return "" // opening the folder will say so
	}
	return setup[runFlag]
}

// way returns how the cell of a file runs in this process; "" for a shipped cell.
func (c *config) way() string {
	switch {
	case c.use.Program != nil:
		return interpretedRun
	case built != nil:
		return compiledRun
	}
	return ""
}
