package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// readSpec reads the one SPEC that a command was given.
func readSpec(name string, args []string) (gen.Source, error) {
	if len(args) != 1 {
		return nil, usagef("%s: want one SPEC, have %d", name, len(args))
	}
	return read.File(args[0])
}

// tokensOf returns the tokens of a spec, or nil for a source that has none.
func tokensOf(spec gen.Source) []string {
	if s, ok := spec.(*cell.Spec); ok {
		return s.Cell.Tokens()
	}
	return nil
}

// isSet reports whether the flag was given.
func isSet(flags *flag.FlagSet, name string) bool {
	given := false
	flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// dumpFlag registers -dump. It returns a function that makes the Watch, nil without -dump.
func dumpFlag(flags *flag.FlagSet) func(stdout io.Writer) (gen.Watch, error) {
	pass := flags.String("dump", "", "print the graph after this `pass`: "+strings.Join(gen.Passes(), ", ")+", or all")
	return func(stdout io.Writer) (gen.Watch, error) {
		if *pass == "" {
			return nil, nil
		}
		if *pass != "all" && !slices.Contains(gen.Passes(), *pass) {
			return nil, usagef("-dump: unknown pass %q%s; want one of %s, all", *pass, front.Nearest(*pass, gen.Passes()), strings.Join(gen.Passes(), ", "))
		}
		return func(p string, f *ir.Func) {
			if *pass == p || *pass == "all" {
				fmt.Fprintf(stdout, "; after %s\n%s\n", p, f)
			}
		}, nil
	}
}
