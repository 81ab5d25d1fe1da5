package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/ir"
)

// dumpFlag registers -dump. It returns a function that makes the Watch which shows the
// graphs that were asked for, nil without -dump.
func dumpFlag(flags *flag.FlagSet) func(show func(pass, graph string)) (gen.Watch, error) {
	pass := flags.String("dump", "", "print the graph after this `pass`: "+strings.Join(gen.Passes(), ", ")+", or all")
	return func(show func(pass, graph string)) (gen.Watch, error) {
		if !isSet(flags, "dump") {
			return nil, nil
		}
		if *pass != "all" && !slices.Contains(gen.Passes(), *pass) {
			return nil, usagef("-dump: unknown pass %q%s; want one of %s, all", *pass, front.Nearest(*pass, gen.Passes()), strings.Join(gen.Passes(), ", "))
		}
		return func(p string, f *ir.Func) {
			if *pass == p || *pass == "all" {
				show(p, f.String())
			}
		}, nil
	}
}

// printer returns what shows graphs as text.
func printer(w io.Writer) func(pass, graph string) {
	return func(pass, graph string) { fmt.Fprintf(w, "; after %s\n%s\n", pass, graph) }
}
