// Command search searches for recurrent cells: a strategy proposes cells of a space, each is
// trained as a small language model of bytes, and the strategy learns from how well they do.
//
//	search run     [-study FOLDER] [-strategy NAME] [-space SPACE] [-text FILE] [-listen ADDRESS] [-url URL …] …
//	search worker  -url URL [-study ID] [-workers N] [-creds FILE] [-tlsca FILE] [-tlscert FILE -tlskey FILE]
//	search iterate [-study FOLDER] [-generations N] [flags of run]
//	search show    [-study FOLDER] [-cell NAME]
//	search top     [-study FOLDER]
//	search plot    [-study FOLDER]… -o FILE.svg
//	search export  [-study FOLDER] [-cell NAME] [-o FOLDER] [-csv FILE] [-jsonl FILE]
//	search verify  [-study FOLDER] [-cell NAME] [-runs N]
//	search serve   [-study FOLDER] [-listen ADDRESS]
//	search table   [-study FOLDER] [-o FILE]
//	search regret  -table FILE [-strategies NAME,…] [-seeds N] [-cells N] [-o FILE.svg]
//
// Children are trained by run itself and, if it names a message server (NATS with JetStream), by
// every worker who is connected to the same one. Workers need no files, and may come and go.
//
// Show, top, plot, export, verify, serve and table read a study, which may be running: they never lock
// it, and change nothing in it. A study can be interrupted at any moment: the same command goes on where it stopped, and ends
// with the same journal, whatever the number of workers.
//
// It exits with 0, with 1 if the input or the study failed or standard output could not be
// written, with 2 for wrong usage, and with 128 and the signal's number if one interrupts it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/rebuild"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/runtime"
)

func main() {
	rebuild.Leave()
	process.Main(run)
}

// command is one of search's.
type command struct {
	name, doc string
	run       func(args []string, stdout, stderr io.Writer) error
}

func commands() []command {
	return []command{
		{"run", "run a study, or go on with it", runStudy},
		{"worker", "train children of studies that run on other machines", runWorker},
		{"iterate", "run studies, each with the cell that the one before has found as its controller's", iterate},
		{"table", "write the losses of all cells that a study has trained", writeTable},
		{"regret", "compare strategies on a table, with many seeds", regret},
		{"show", "show a study, or a cell of it", showStudy},
		{"top", "show a study while it runs", topStudy},
		{"plot", "plot studies: the best so far, the rungs, the controller", plotStudies},
		{"export", "write a cell for cellgen generate, or all figures as CSV or JSON", exportStudy},
		{"verify", "train children again and compare the bits", verifyStudy},
		{"serve", "serve a page that follows a study", serveStudy},
	}
}

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// run runs the command and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	out := process.NewOutput(stdout)
	err := out.Close(dispatch(args, out, stderr))
	var wrong *usageError
	var ended *process.Interruption
	var other *exited
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &other):
		return other.code
	case errors.As(err, &wrong):
		fmt.Fprintf(plain.Writer(stderr), "search: %v\nRun search help for usage.\n", err)
		return 2
	}
	fmt.Fprintln(plain.Writer(stderr), "search:", err)
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	return 1
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	if err := runtime.CheckEnvironment(); err != nil {
		return err
	}
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	if len(args) == 0 {
		return usagef("no command, want search %s", strings.Join(names, ", "))
	}
	if args[0] == "help" && len(args) > 1 {
		args = []string{args[1], "-h"}
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		for _, c := range commands() {
			fmt.Fprintf(stdout, "search %-8s %s\n", c.name, c.doc)
		}
		fmt.Fprintln(stdout, "search help     say this; search help run and so on list the flags")
		return flag.ErrHelp
	}
	return usagef("unknown command %s%s, want search %s", front.Quote(args[0]), front.Nearest(args[0], names), strings.Join(names, ", "))
}
