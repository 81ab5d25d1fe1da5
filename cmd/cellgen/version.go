package main

import (
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/gen/front"
	cellruntime "github.com/cellgen/cellgen/runtime"
)

func version(*flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	return func(args []string, stdout, _ io.Writer) error {
		if len(args) > 0 {
			return usagef("version: want no arguments, have %d", len(args))
		}
		fmt.Fprintf(stdout, "cellgen %s %s %s/%s\n", moduleVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		fmt.Fprintf(stdout, "backend    %s of %s\n", cellruntime.Backend(), strings.Join(cellruntime.Backends(), ", "))
		fmt.Fprintf(stdout, "vectors    %s of %s\n", cellruntime.Vectors(), strings.Join(cellruntime.VectorSets(), ", "))
		fmt.Fprintf(stdout, "processor  %s\n", timing.Processor())
		return nil
	}
}

// moduleVersion returns the version of this module that the command was built from.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

// backendFlag registers -backend, and returns its value: one of the runtime's backends, or
// "" without the flag.
func backendFlag(flags *flag.FlagSet) *string {
	backend, have := new(string), cellruntime.Backends()
	flags.Func("backend", "`name` of the backend that computes products: "+strings.Join(have, ", ")+" (default: the fastest)", func(name string) error {
		if !slices.Contains(have, name) {
			return fmt.Errorf("unknown backend%s; this processor and build have %s", front.Nearest(name, have), strings.Join(have, ", "))
		}
		*backend = name
		return nil
	})
	return backend
}
