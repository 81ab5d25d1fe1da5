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
// A SPEC is a file or, as "-", standard input; -name and -tokens stand for one. Flags may
// stand before or after it. The exit code is 0; 1 if the input or a check failed; 2 for
// wrong usage.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/gen/front"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// command is a subcommand. Its define registers flags, and returns the function that
// runs once they are parsed, with the arguments that are not flags.
type command struct {
	name    string
	doc     string // what it does, in a line
	args    string // the arguments, besides the flags that have to be named
	details string // paragraphs, with a blank line after each
	example string
	define  func(*flag.FlagSet) func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{
		"generate", "write a cell's package",
		specOrTokens,
		`The package is Go, assembly for AVX-512 and AVX2, and what chooses between them.
Files that are up to date are not written again. A spec from standard input, a pipe or
a device needs -o.

The package is, in this order: -package, the spec's, $GOPACKAGE when writing to the
current folder, as go generate does, that of the Go files in the folder, and the cell's
name in lower case. Nothing is written if the folder would not build: if it has Go files
of another package or with the same declarations, or another cell, as a folder takes one.
Nor is anything if a file that cellgen did not generate is in the way, or one of another
cell; then -force overwrites it, and names the cell that it was.

`,
		"cellgen generate mycell/spec.toml", generate,
	},
	{
		"explain", "print a cell's equations, slots and costs",
		specOrTokens,
		`A slot is one pre-activation. Costs are per step and batch row: parameters,
floating-point operations, and bytes of state and of values saved for backward.

`,
		"cellgen explain mycell/spec.toml -hidden 256", explain,
	},
	{
		"draw", "draw a cell",
		specOrTokens,
		`The picture is the cell's tree: leaves at the bottom, the root on top. Without -o, or as
-o -, it is DOT on standard output.

`,
		"cellgen draw mycell/spec.toml -o mycell.svg", drawCell,
	},
	{
		"check", "compare a cell's package with the cell's definition",
		specOrTokens,
		`The package is compiled, run on sequences of awkward sizes with every set of vectors
that this processor has, and compared with the float64 interpreter: outputs and all
gradients. This needs the go command.

`,
		"cellgen check mycell/spec.toml", check,
	},
	{
		"bench", "time a generated cell against the interpreted one",
		specOrTokens,
		`Two layers with the same weights, forward and with backward, take turns in one
program. Times are medians with 95 % confidence. This needs the go command.

`,
		"cellgen bench mycell/spec.toml -batch 1,16 -plot speed.svg", bench,
	},
	{"version", "print the version, the backends and the processor", "", "", "cellgen version", version},
}

// usageError is a mistake in how cellgen was called.
type usageError struct {
	message string
	command string // whose page helps; empty for the page of all commands
}

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// run runs the command and returns its exit code. No text from names, paths or files
// reaches a terminal as anything but text.
func run(args []string, stdout, stderr io.Writer) int {
	stdout, stderr = plain.Writer(stdout), plain.Writer(stderr)
	err := cellruntime.CheckEnvironment()
	if err == nil {
		err = dispatch(args, stdout, stderr)
	}
	var wrong *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "cellgen: %v\nRun %s for usage.\n", err, strings.TrimSpace("cellgen help "+wrong.command))
		return 2
	}
	fmt.Fprintln(stderr, err)
	return 1
}

// isHelp reports whether an argument in place of a command asks for help.
func isHelp(arg string) bool {
	return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg)
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	names = append(names, "help")
	want := strings.Join(names, ", ")
	if len(args) == 0 {
		usage(stderr)
		return usagef("no command; want one of %s", want)
	}
	switch {
	case isHelp(args[0]) && (len(args) == 1 || isHelp(args[1])):
		help(stdout)
		return nil
	case isHelp(args[0]):
		args = []string{args[1], "-h"}
	case args[0] == "-version" || args[0] == "--version":
		args = append([]string{"version"}, args[1:]...)
	}
	for _, c := range commands {
		if c.name == args[0] {
			err := c.run(args[1:], stdout, stderr)
			if wrong, ok := errors.AsType[*usageError](err); ok {
				wrong.command = c.name
			}
			return err
		}
	}
	return usagef("unknown command %q%s; want one of %s", args[0], front.Nearest(args[0], names), want)
}

// run parses flags, wherever they stand among the arguments, and runs the command.
func (c *command) run(args []string, stdout, stderr io.Writer) error {
	flags := c.flags()
	action := c.define(flags)
	var rest []string
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			c.help(stdout)
			return err
		} else if err != nil {
			return flagError(flags, err)
		}
		if flags.NArg() == 0 {
			break
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
	return action(rest, stdout, stderr)
}

// flags returns a set for the command's flags, which define registers: they are parsed and
// explained from there, and listed nowhere else.
func (c *command) flags() *flag.FlagSet {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// flagError words an error of Parse.
func flagError(flags *flag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	if !unknown {
		return usagef("%s: %v", flags.Name(), err)
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	if len(names) == 0 {
		return usagef("%s: unknown flag %s; it has none", flags.Name(), name)
	}
	return usagef("%s: unknown flag %s%s; want one of %s", flags.Name(), name, front.Nearest(name, names), strings.Join(names, ", "))
}
