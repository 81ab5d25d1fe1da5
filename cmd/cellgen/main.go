// Command cellgen compiles recurrent cells to Go packages.
//
//	cellgen generate [flags] SPEC    write a cell's package
//	cellgen explain [flags] SPEC     print a cell's equations, slots and costs
//	cellgen draw [flags] SPEC        draw a cell
//	cellgen check [flags] SPEC       compare a cell's package with the cell's definition
//	cellgen bench [flags] SPEC       time a generated cell against the interpreted one
//	cellgen fmt [flags] FILE.cell    rewrite .cell files in the canonical form
//	cellgen import [flags] FILE      read a layer's weights from another framework's file
//	cellgen version                  print the version, the backends and the processor
//	cellgen help [COMMAND]           explain a command and its flags, or all commands
//
// A SPEC is a spec.toml, a .cell file or, as "-", standard input; -name and -tokens stand for
// one. Flags may
// stand before or after it. The exit code is 0; 1 if the input or a check failed, or standard
// output could not be written; 2 for wrong usage; after a signal, 128 and its number.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/gen/front"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

func main() {
	process.HoldNothing()
	process.Main(run)
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
	out := process.NewOutput(stdout)
	stderr = plain.Writer(stderr)
	err := cellruntime.CheckEnvironment()
	if err == nil {
		err = dispatch(args, plain.Writer(out), stderr)
	}
	err = out.Close(err)
	var wrong *usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "cellgen: %s\nRun %s for usage.\n", message(err), strings.TrimSpace("cellgen help "+wrong.command))
		return 2
	}
	fmt.Fprintln(stderr, message(err))
	return 1
}

// message returns an error's text, in which the names of files begin no lines.
func message(err error) string {
	text := err.Error()
	var quote func(error)
	quote = func(err error) {
		switch e := err.(type) {
		case *fs.PathError:
			text = strings.ReplaceAll(text, e.Path, front.Plain(e.Path))
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				quote(inner)
			}
		case interface{ Unwrap() error }:
			quote(e.Unwrap())
		}
	}
	quote(err)
	return text
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
	case isHelp(args[0]) && len(args) > 2:
		return usagef("help: want one COMMAND, have %d", len(args)-1)
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
