package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
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

// registerRun registers -run.
func registerRun(f *flag.FlagSet, run *string) {
	f.StringVar(run, runFlag, auto, "the `way` in which the cell of a file is run: "+interpretedRun+", "+compiledRun+", which needs the go command, or "+auto+", whichever takes less time in all")
}

// checkRun returns an error if -run is not one of the ways.
func checkRun(run string) error {
	if !slices.Contains([]string{auto, interpretedRun, compiledRun}, run) {
		return fmt.Errorf("-run is %q, want %s, %s or %s", run, auto, interpretedRun, compiledRun)
	}
	return nil
}

// checkCompiled returns an error if -run is given for a cell that needs no choice.
func checkCompiled(run string, cell *cells.Cell) error {
	if cell.Program == nil && rebuild.Built() == nil && run != auto {
		return usagef("-run is %s, and %v is compiled already: it is for cells of files", run, cell)
	}
	return nil
}

// chooser chooses how the cell of a file is run.
type chooser struct {
	run        string // as -run says
	cell       *cells.Cell
	began, why string // how a run that goes on has begun, "" for none, and what to say of it
	// worth returns how many seconds the command takes with the interpreter or, if nobody knows, why it
	// may be long.
	worth func() (seconds float64, long string, err error)
}

// choose says how the cell is run. If it is compiled, another program runs the command, and this
// one does not go on: choose does not return, or returns how that ended.
func (c *chooser) choose(stderr io.Writer) error {
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
func (c *chooser) runCompiled() error {
	code, err := rebuild.Command{Folder: "cmd/lm"}.Become(context.Background(), c.cell)
	if err != nil {
		return err
	}
	return &exited{code}
}

// choice returns whether to compile the cell, and why.
func (c *chooser) choice() (compiled bool, why string, err error) {
	if c.run != auto {
		return c.run == compiledRun, "as -run says", nil
	}
	if c.began != "" {
		return c.began == compiledRun, c.why, nil
	}
	if _, err := (toolchain.Go{}).Command(); err != nil {
		return false, err.Error(), nil
	}
	seconds, long, err := c.worth()
	if err != nil {
		return false, "", err
	}
	if long != "" {
		return true, long, nil
	}
	took := time.Duration(min(seconds, 1e9) * float64(time.Second)).Round(time.Second / 10)
	if seconds*(1-1/speedup) > compileSeconds {
		return true, fmt.Sprintf("compiling saves more time than it takes, as interpreted the run would take about %v", took), nil
	}
	return false, fmt.Sprintf("compiling would take longer than it saves, as the run takes about %v", took), nil
}

// unknownText is why a command may be long whose text is not known.
const unknownText = "how long the text is, and so the run, is not known yet"

// textSize returns how many bytes the text has, if that is known before it is read.
func (d *data) textSize() (size int, known bool, err error) {
	text, err := d.source()
	if err != nil {
		return 0, false, err
	}
	return text.Size()
}

// chooseRun chooses how a training's cell is run: as the run in the folder began, if there is one.
func (c *config) chooseRun(stderr io.Writer) error {
	by := &chooser{run: c.run, cell: c.use, worth: func() (seconds float64, long string, err error) {
		size, known, err := c.textSize()
		if err != nil || !known {
			return 0, unknownText, err
		}
		seconds, err = c.estimate(size)
		return seconds, "", err
	}}
	if began := c.began(); began != "" {
		by.began, by.why = began, "as the run in "+c.folder+" began"
	}
	return by.choose(stderr)
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
	case rebuild.Built() != nil:
		return compiledRun
	}
	return ""
}
