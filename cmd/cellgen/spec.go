package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/ir"
)

// readSpec reads the one spec that a command was given.
func readSpec(name string, args []string) (*cell.Spec, error) {
	if len(args) != 1 {
		return nil, usagef("%s: want one SPEC.toml, have %d", name, len(args))
	}
	src, err := os.ReadFile(args[0])
	if err != nil {
		return nil, fmt.Errorf("reading the spec: %w", err)
	}
	return cell.ReadSpec(args[0], src)
}

// dumpFlag registers -dump, and returns what makes its Watch.
func dumpFlag(flags *flag.FlagSet) func(stdout io.Writer) (gen.Watch, error) {
	pass := flags.String("dump", "", "print the graph after this `pass`, or after all")
	return func(stdout io.Writer) (gen.Watch, error) {
		if *pass == "" {
			return nil, nil
		}
		known := *pass == "all"
		for _, p := range gen.Passes() {
			known = known || p == *pass
		}
		if !known {
			return nil, usagef("-dump: no pass %q%s; there are %v and all", *pass, cell.Nearest(*pass, gen.Passes()), gen.Passes())
		}
		return func(p string, f *ir.Func) {
			if *pass == p || *pass == "all" {
				fmt.Fprintf(stdout, "; after %s\n%s\n", p, f)
			}
		}, nil
	}
}

func version(*flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	return func(args []string, stdout, _ io.Writer) error {
		if len(args) > 0 {
			return usagef("version: takes no arguments")
		}
		v := "unknown"
		if info, ok := debug.ReadBuildInfo(); ok {
			v = info.Main.Version + " " + info.GoVersion
		}
		fmt.Fprintln(stdout, "cellgen", v)
		return nil
	}
}
