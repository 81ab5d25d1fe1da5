package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
)

// specOrTokens is what the commands that take a cell are told it by.
const specOrTokens = "{SPEC | -name name -tokens tokens}"

// standard is the name that stands for standard input, or for standard output.
const standard = read.Stdin

// given is the cell that a command was given.
type given struct{ gen.Source }

// warn prints warnings of what nothing in the cell reads.
func (g *given) warn(w io.Writer) error {
	warnings := read.Warnings(g.Source)
	if len(warnings) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(w, warnings.Warning())
	return err
}

// specFlags are the flags that stand for a SPEC.
type specFlags struct {
	flags        *flag.FlagSet
	name, tokens string
}

// newSpecFlags registers -name and -tokens.
func newSpecFlags(flags *flag.FlagSet) *specFlags {
	s := &specFlags{flags: flags}
	flags.StringVar(&s.name, "name", "", "the cell's `name`, a Go identifier; with -tokens, instead of a SPEC")
	flags.StringVar(&s.tokens, "tokens", "", "the cell's `tokens`, separated by spaces or commas; with -name, instead of a SPEC")
	return s
}

// validate returns an error unless there is one SPEC, or both flags.
func (s *specFlags) validate(args []string) error {
	command := s.flags.Name()
	name, tokens := isSet(s.flags, "name"), isSet(s.flags, "tokens")
	switch {
	case len(args) > 1:
		return usagef("%s: want one SPEC, have %d", command, len(args))
	case len(args) == 1 && (name || tokens):
		return usagef("%s: want a SPEC or -name and -tokens, not both", command)
	case len(args) == 0 && name != tokens:
		return usagef("%s: -name and -tokens go together", command)
	case len(args) == 0 && !name:
		return usagef("%s: want a SPEC, or -name and -tokens", command)
	case len(args) == 1 && args[0] == "":
		return usagef("%s: SPEC is empty", command)
	}
	return nil
}

// folder returns the folder that the cell comes from, the current one for flags. A spec
// that is not a file in a folder, as from standard input or a pipe, has none.
func (s *specFlags) folder(args []string) (dir string, ok bool) {
	if len(args) == 0 {
		return ".", true
	}
	return filepath.Dir(args[0]), args[0] != standard && isInFolder(args[0])
}

// read reads the SPEC, or makes a source from the flags, for a package of this name if it is
// not empty.
func (s *specFlags) read(args []string, pkg string) (*given, error) {
	if err := s.validate(args); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		spec, err := cell.NewSpec(s.name, s.tokens, pkg)
		if err != nil {
			return nil, err
		}
		return &given{spec}, nil
	}
	source, err := read.File(args[0])
	if err != nil {
		return nil, err
	}
	return &given{source}, nil
}

// isInFolder reports whether what a path leads to belongs to the path's folder: a regular
// file, or nothing yet, and not a name that the system gives to what a program has open,
// such as /dev/stdin, even where that is a regular file. A folder counts, as reading it
// fails with a better message.
func isInFolder(path string) bool {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return false
	}
	for range 40 { // links
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err == nil {
			dir, err = filepath.Abs(dir)
		}
		if err != nil {
			return true
		}
		if dir == "/dev" || dir == "/dev/fd" || strings.HasPrefix(dir+"/", "/proc/") {
			return false
		}
		target, err := os.Readlink(filepath.Join(dir, filepath.Base(path)))
		if err != nil {
			return true
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(dir, target)
		}
		path = target
	}
	return true
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
