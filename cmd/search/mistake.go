package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/field"
	"github.com/cellgen/cellgen/cmd/search/table"
)

// flagNames are the flags of fields that have another name.
var flagNames = map[string]string{
	"repeats.cells": "repeat",
	"repeats.seeds": "seeds",
	"child.batch":   "rows",
	"BaselineDecay": "baseline",
}

// wrongFlag returns the usage error of a configuration that was made of flags. If it is of a field,
// it names the flag.
func wrongFlag(f *flag.FlagSet, err error) error {
	e, ok := errors.AsType[*field.Error](err)
	if !ok {
		return usagef("%v", err)
	}
	name, other := flagNames[e.Name]
	if !other {
		name = strings.ToLower(strings.TrimPrefix(e.Name, "child."))
	}
	if f.Lookup(name) == nil {
		return usagef("%v", err)
	}
	return usagef("-%s %s", name, e.Wrong)
}

// inTable returns an error of a table with the place in its file.
func inTable(path string, err error) error {
	if e, ok := errors.AsType[*table.LineError](err); ok {
		return fmt.Errorf("%s:%d: %w", path, e.Line, e.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
}
