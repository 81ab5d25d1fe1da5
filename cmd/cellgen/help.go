package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/cellgen/cellgen/gen/op"
)

const specHelp = `
SPEC is a file such as mycell/spec.toml, or - for standard input:

	name = "MyCell"
	doc = "The article's example."  # optional; begins the package's documentation
	package = "mycell"              # optional; by default the name in lower case
	bias = true                     # optional; whether leaves have a bias
	tokens = "add tanh  mul relu  mul sigmoid  add relu  1 0"

A cell is a tree of N leaves and N−1 inner nodes, numbered leaves first. It has 4N+2
tokens: a combination and an activation for each node, the same for c_{t-1}, which
joins a node, then the number of the node whose combination is c_t, and the number
of the node that c_{t-1} joins. See Zoph & Le 2017, arXiv:1611.01578, section 3.4.

Or SPEC is a .cell file such as mycell/gru.cell, with any recurrent cell as equations:

	cell GRU "Cho et al. 2014: the reset gate before the product"
	state  h
	matrix Wr Wz Wn (hidden, input)  = glorot_uniform
	matrix Ur Uz Un (hidden, hidden) = orthogonal
	vector br bz bn = 0
	r  = sigmoid(Wr @ x + Ur @ h + br)
	z  = sigmoid(Wz @ x + Uz @ h + bz)
	n  = tanh(Wn @ x + Un @ (r * h) + bn)
	h' = (1 - z) * n + z * h
	output h'

A spec.toml may name one, to say more about its package: cell = "gru.cell" in place of
name, bias and tokens. Standard input, and a file with another extension, is a .cell file
if it begins, after comments, with "cell" and a name.
`

// usage prints how cellgen is called, and its commands.
func usage(w io.Writer) {
	fmt.Fprintf(w, "cellgen compiles recurrent cells to Go packages.\n\nUsage:\n\n\tcellgen COMMAND [flags] SPEC\n\nCommands:\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "\t%-10s %s\n", c.name, c.doc)
	}
	fmt.Fprintf(w, "\t%-10s %s\n\n", "help", "explain the COMMAND that follows, and its flags")
}

// help prints what newcomers need: the commands, and what a SPEC is.
func help(w io.Writer) {
	usage(w)
	fmt.Fprintf(w, "Flags may stand before or after the SPEC.\n%s\n", specHelp)
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
func (c *command) help(w io.Writer) {
	flags := c.flags()
	c.define(flags) // flags without values: defaults are shown, not what was given
	fmt.Fprintf(w, "cellgen %s: %s\n\n%sUsage:\n\n", c.name, c.doc, c.details)
	for _, line := range c.synopsis(84) {
		fmt.Fprintf(w, "\t%s\n", line)
	}
	if strings.Contains(c.args, "SPEC") {
		fmt.Fprintf(w, "\nSPEC is a file, or - for standard input; cellgen help says what is in it.\n")
	}
	some := false
	flags.VisitAll(func(*flag.Flag) { some = true })
	if some {
		fmt.Fprintf(w, "\nFlags, before or after the arguments:\n\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	fmt.Fprintf(w, "\nExample:\n\n\t%s\n", c.example)
}

// synopsis returns the command's arguments and flags, with what each takes, in lines of at
// most width characters where that is possible.
func (c *command) synopsis(width int) []string {
	flags := c.flags()
	c.define(flags)
	lines := []string{"cellgen " + c.name}
	add := func(word string) {
		last := &lines[len(lines)-1]
		if utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, "   ")
			last = &lines[len(lines)-1]
		}
		*last += " " + word
	}
	if c.args != "" {
		add(c.args)
	}
	flags.VisitAll(func(f *flag.Flag) {
		value, _ := flag.UnquoteUsage(f)
		if !strings.Contains(c.args, "-"+f.Name+" ") {
			add("[" + strings.TrimSpace("-"+f.Name+" "+value) + "]")
		}
	})
	return lines
}
