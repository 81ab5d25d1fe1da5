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
			return usagef("version: takes no arguments")
		}
		v := "unknown"
		if info, ok := debug.ReadBuildInfo(); ok {
			v = info.Main.Version
		}
		fmt.Fprintf(stdout, "cellgen %s %s %s/%s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		fmt.Fprintf(stdout, "backend    %s of %s\n", cellruntime.Backend(), strings.Join(cellruntime.Backends(), ", "))
		fmt.Fprintf(stdout, "processor  %s\n", timing.Processor())
		return nil
	}
}

// backendFlag registers -backend, and returns where its value will be, one of
// the runtime's backends or nothing.
func backendFlag(flags *flag.FlagSet) *string {
	backend, have := new(string), cellruntime.Backends()
	flags.Func("backend", "compute with this `backend`, of "+strings.Join(have, ", "), func(name string) error {
		if !slices.Contains(have, name) {
			return fmt.Errorf("this processor and build have %s%s", strings.Join(have, ", "), front.Nearest(name, have))
		}
		*backend = name
		return nil
	})
	return backend
}

// buildTags returns the tags that this program was built with, parted by commas.
func buildTags() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			return s.Value
		}
	}
	return ""
}
