package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/toolchain"
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
	file, remove, err := c.use.build(context.Background())
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
	name, err := c.textName()
	if err != nil {
		return 0, false, err
	}
	var info os.FileInfo
	if name == "-" {
		info, err = os.Stdin.Stat()
	} else {
		info, err = os.Stat(name) // and not opened: others wait for who reads a pipe
	}
	switch {
	case err != nil:
		return 0, false, fmt.Errorf("reading the text: %w", err)
	case info.Mode().IsRegular() && c.limit > 0:
		return int(min(info.Size(), int64(c.limit), maxText)), true, nil
	case info.Mode().IsRegular():
		return int(min(info.Size(), maxText)), true, nil
	}
	return c.limit, c.limit > 0, nil
}
