package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/equation"
	"github.com/cellgen/cellgen/gen/front"
)

// formatter says what to do with files that are not in the canonical form.
type formatter struct{ diff, check bool }

func format(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	var f formatter
	flags.BoolVar(&f.diff, "d", false, "write nothing; print diffs")
	flags.BoolVar(&f.check, "check", false, "write nothing; print diffs, and exit with 1 if there are any")
	return func(args []string, stdout, stderr io.Writer) error {
		if len(args) == 0 {
			return usagef("fmt: want a FILE.cell, or - for standard input")
		}
		var errs []error
		var changed []gen.File
		for _, file := range args {
			if file == "" {
				return usagef("fmt: FILE.cell is empty")
			}
			c, err := f.file(file, stdout, stderr)
			errs = append(errs, err)
			if c != nil {
				changed = append(changed, *c)
			}
		}
		if len(changed) > 0 {
			if err := replaceFiles(changed...); err != nil {
				errs = append(errs, fmt.Errorf("writing %w", err))
			}
		}
		return errors.Join(errs...)
	}
}

// file formats a file. It returns the file to write, if that must be written, or prints what
// would change; standard input is printed.
func (f *formatter) file(file string, stdout, stderr io.Writer) (*gen.File, error) {
	name, old, err := read.Input(file, equation.MaxSource)
	var mistakes front.Errors
	if err != nil && !errors.As(err, &mistakes) {
		return nil, fmt.Errorf("reading the cell: %w", err)
	} else if err != nil {
		return nil, err
	}
	formatted, err := equation.Format(name, old)
	if err != nil {
		return nil, err
	}
	if err := warnOf(name, old, stderr); err != nil {
		return nil, err
	}
	plain := front.Plain(name)
	same := bytes.Equal(old, formatted)
	switch {
	case (f.diff || f.check) && same:
		return nil, nil
	case f.diff || f.check:
		_, err := stdout.Write(diff.Diff(plain, old, plain+" (formatted)", formatted))
		if err == nil && f.check {
			err = fmt.Errorf("%s is not in the canonical form", plain)
		}
		return nil, err
	case file == standard:
		_, err := stdout.Write(formatted)
		return nil, err
	case same:
		return nil, nil
	}
	return &gen.File{Name: file, Data: formatted}, nil
}

// warnOf prints warnings of what nothing in a cell reads. A file that does not describe a cell
// can be formatted, too.
func warnOf(file string, text []byte, stderr io.Writer) error {
	c, err := equation.Read(file, text)
	if err != nil {
		return nil
	}
	return (&given{c}).warn(stderr)
}
