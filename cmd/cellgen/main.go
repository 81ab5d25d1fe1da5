// Command cellgen compiles recurrent cells to Go packages.
//
//	cellgen generate [flags] SPEC    write a cell's package
//	cellgen explain [flags] SPEC     print a cell's equations, slots and costs
//	cellgen draw [flags] SPEC        draw a cell
//	cellgen check [flags] SPEC       compare a cell's package with the cell's definition
//	cellgen bench [flags] SPEC       time a generated cell against the interpreted one
//	cellgen version                  print the version, the backends and the processor
//	cellgen help [COMMAND]           explain a command and its flags, or all commands
//
// Flags may stand before or after the SPEC. The exit code is 0; 1 if the input or a check
// failed, or standard output could not be written; 2 for wrong usage; after a signal, 128 and
// its number.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen/front"
)

func main() { process.Main(run) }

// command is a subcommand. Its define registers flags, and returns the function that
// runs once they are parsed, with the arguments that are not flags.
type command struct {
	name    string
	doc     string   // what it does, in a line
	args    []string // the arguments besides flags, in every shape
	details string   // paragraphs, with a blank line after each
	example string
	define  func(*flag.FlagSet) func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{
		"generate", "write a cell's package",
		[]string{"SPEC", `-name NAME -tokens "…"`},
		`The package is Go, assembly for AVX-512 and AVX2, and what chooses between them.
Files that are up to date are not written again. If a file that cellgen did not
generate is in the way, nothing is written, unless -force is given.

`,
		"cellgen generate mycell/spec.toml", generate,
	},
	{
		"explain", "print a cell's equations, slots and costs",
		[]string{"SPEC"},
		`A slot is one pre-activation. Costs are per step and batch row: parameters,
floating-point operations, and bytes of state and of values saved for backward.

`,
		"cellgen explain mycell/spec.toml -hidden 256", explain,
	},
	{
		"draw", "draw a cell",
		[]string{"SPEC"},
		`The picture is the cell's tree: leaves at the bottom, the root on top.

`,
		"cellgen draw mycell/spec.toml -o mycell.svg", drawCell,
	},
	{
		"check", "compare a cell's package with the cell's definition",
		[]string{"SPEC"},
		`The package is compiled, run on sequences of awkward sizes with every set of vectors
that this processor has, and compared with the float64 interpreter: outputs and all
gradients. This needs the go command.

`,
		"cellgen check mycell/spec.toml", check,
	},
	{
		"bench", "time a generated cell against the interpreted one",
		[]string{"SPEC"},
		`Two layers with the same weights, forward and with backward, take turns in one
program. Times are medians with 95 % confidence. This needs the go command.

`,
		"cellgen bench mycell/spec.toml -batch 1,16 -plot speed.svg", bench,
	},
	{"version", "print the version, the backends and the processor", nil, "", "cellgen version", version},
}

// usageError is a mistake in how cellgen was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

func run(args []string, stdout, stderr io.Writer) int {
	out := process.NewOutput(stdout)
	err := out.Close(dispatch(args, out, stderr))
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
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	names = append(names, "help")
	want := strings.Join(names, ", ")
	if len(args) == 0 {
		return usagef("no command; want one of %s", want)
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		if len(args) == 1 {
			help(stdout)
			return nil
		}
		args = []string{args[1], "-h"}
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	return usagef("unknown command %q%s; want one of %s", args[0], front.Nearest(args[0], names), want)
}

// run parses flags, wherever they stand among the arguments, and runs the command.
func (c *command) run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	action := c.define(flags)
	var rest []string
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			c.help(stdout, flags)
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
