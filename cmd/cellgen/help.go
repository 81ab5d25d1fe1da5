package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

const specHelp = `
SPEC is a file such as mycell/spec.toml:

	name = "MyCell"
	doc = "The article's example."  # optional; begins the package's documentation
	package = "mycell"              # optional; by default the name in lower case
	bias = true                     # optional; whether leaves have a bias
	tokens = "add tanh  mul relu  mul sigmoid  add relu  1 0"

A cell is a tree of N leaves and N−1 inner nodes, numbered leaves first. It has 4N+2
tokens: a combination and an activation for each node, the same for c_{t-1}, which
joins a node, then the number of the node whose combination is c_t, and the number
of the node that c_{t-1} joins. See Zoph & Le 2017, arXiv:1611.01578, section 3.4.
`

// help prints what newcomers need: the commands, and what a SPEC is.
func help(w io.Writer) {
	fmt.Fprintf(w, "cellgen compiles recurrent cells to Go packages.\n\nUsage:\n\n\tcellgen COMMAND [flags] SPEC\n\nCommands:\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "\t%-10s %s\n", c.name, c.doc)
	}
	fmt.Fprintf(w, "\t%-10s %s\n", "help", "explain the COMMAND that follows, and its flags")
	fmt.Fprintf(w, "\nFlags may stand before or after the SPEC.\n%s\n", specHelp)
	for _, kind := range []op.Kind{op.Combination, op.Activation} {
		fmt.Fprintf(w, "%-14s %s\n", kind.String()+"s", strings.Join(op.Words(kind), ", "))
	}
	fmt.Fprintf(w, "\nExamples:\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "\t%s\n", c.example)
	}
	fmt.Fprintf(w, "\nThe exit code is 0; 1 if the input or a check failed, or standard output could not be\nwritten; 2 for wrong usage; after a signal, 128 and its number.\n")
}

// help explains a command and its flags.
func (c *command) help(w io.Writer, flags *flag.FlagSet) {
	some := false
	flags.VisitAll(func(*flag.Flag) { some = true })
	shape := "cellgen " + c.name
	if some {
		shape += " [flags]"
	}
	fmt.Fprintf(w, "cellgen %s: %s\n\n%sUsage:\n\n", c.name, c.doc, c.details)
	for _, args := range append(c.args, "")[:max(1, len(c.args))] {
		fmt.Fprintf(w, "\t%s\n", strings.TrimSpace(shape+" "+args))
	}
	if some {
		fmt.Fprintf(w, "\nFlags, before or after the arguments:\n\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	fmt.Fprintf(w, "\nExample:\n\n\t%s\n", c.example)
}
