// Command cellgen compiles recurrent cells to Go packages.
//
//	cellgen generate [SPEC.toml | -name N -tokens "…"] [-package P] [-o DIR] [-check] [-force]
//	cellgen explain  SPEC [-input D] [-hidden H] [-json]
//	cellgen draw     SPEC [-o FILE.svg]
//	cellgen check    SPEC [-vectors FILE.json] [-backend NAME]
//	cellgen bench    SPEC [-batch B,…] [-hidden H,…] [-steps T] [-rounds N] [-workers N] [-backend NAME] [-json] [-plot FILE]
//	cellgen version
//
// It exits with 0, with 1 if the input or a check failed, and with 2 if it was
// called wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/cellgen/cellgen/gen/front"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// command is a subcommand. Its define registers flags and returns what runs
// once they are parsed, with the arguments that are no flags.
type command struct {
	name, usage, doc string
	define           func(*flag.FlagSet) func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"generate", `[SPEC.toml | -name N -tokens "…"] [-package P] [-o DIR] [-check] [-force] [-dump PASS]`, "write a cell's package", generate},
	{"explain", "SPEC.toml [-input D] [-hidden H] [-json] [-dump PASS]", "print equations, slots, and costs", explain},
	{"draw", "SPEC.toml [-o FILE]", "draw the cell as .dot, .svg or .png", drawCell},
	{"check", "SPEC.toml [-vectors FILE.json] [-backend NAME]", "compile the package, and compare it with the float64 interpreter", check},
	{"bench", "SPEC.toml [-batch B,…] [-hidden H,…] [-steps T] [-rounds N] [-workers N] [-backend NAME] [-json] [-plot FILE]", "time the generated cell against the interpreted one", bench},
	{"version", "", "print the version, the backends and the processor", version},
}

// usageError is a mistake in how the command was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

func run(args []string, stdout, stderr io.Writer) int {
	err := dispatch(args, stdout, stderr)
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "cellgen: %v\nRun cellgen help for usage.\n", err)
		return 2
	}
	fmt.Fprintln(stderr, err)
	return 1
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return usagef("no command")
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		help(stdout)
		return nil
	}
	var names []string
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
		names = append(names, c.name)
	}
	return usagef("unknown command %q%s", args[0], front.Nearest(args[0], names))
}

func help(w io.Writer) {
	fmt.Fprintln(w, "cellgen compiles recurrent cells to Go packages.")
	for _, c := range commands {
		fmt.Fprintf(w, "\ncellgen %s %s\n\t%s\n", c.name, c.usage, c.doc)
	}
}

// run parses flags wherever they stand among the arguments, and runs the
// command.
func (c *command) run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	action := c.define(flags)
	var rest []string
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(stdout, "cellgen %s %s\n\t%s\n", c.name, c.usage, c.doc)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
			return err
		} else if err != nil {
			return usagef("%s: %v", c.name, err)
		}
		if flags.NArg() == 0 {
			break
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
	return action(rest, stdout, stderr)
}
