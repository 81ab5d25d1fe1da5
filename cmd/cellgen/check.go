package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

func check(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	file := flags.String("vectors", "", "also compare with the reference vectors in this `file`, JSON, or - for standard input")
	quiet := flags.Bool("q", false, "print nothing but failures")
	source, backend, widths := newSpecFlags(flags), backendFlag(flags), newWidthFlag(flags)
	return func(args []string, stdout, stderr io.Writer) error {
		if *quiet {
			stdout = io.Discard
		}
		if *file == standard && slices.Contains(args, standard) {
			return usagef("check: SPEC and -vectors cannot both be standard input")
		}
		given, err := source.read(args, "")
		if err == nil {
			err = given.warn(stderr)
		}
		if err != nil {
			return err
		}
		spec := given.Source
		definition := gen.Define(spec)
		if err := widths.validate("check", &definition.Cell, false); err != nil {
			return err
		}
		var trials []trial
		if *file == "" && isSet(flags, "vectors") {
			return usagef("check: -vectors is empty")
		}
		if *file != "" {
			t, err := vectorTrial(*file, spec, definition, stdout)
			if err != nil {
				return err
			}
			trials = append(trials, t)
		}
		for i, s := range awkwardSizes(&definition.Cell, widths) {
			trials = append(trials, randomTrial(s, definition, uint64(i)))
		}
		return checkGenerated(context.Background(), spec, trials, *backend, stdout)
	}
}

// vectorTrial compares the interpreter with a vector file, and returns the trial that
// compares the generated package with it. The file's keys say which kind its cell is.
func vectorTrial(file string, spec gen.Source, definition *ir.Func, w io.Writer) (trial, error) {
	f, all, err := openVectors(file)
	if err != nil {
		return trial{}, err
	}
	if _, named := all.left["cell"]; named || definition.Named {
		return cellTrial(f, all, definition, w)
	}
	v, err := tokenVectors(f, all)
	if err != nil {
		return trial{}, err
	}
	c, bias := v.spec.Cell, v.spec.Bias
	if text := strings.Join(spec.Head().Text.Lines, " "); c.String() != text || bias != hasBias(&definition.Cell) {
		return trial{}, fmt.Errorf("%s: vectors of another cell: %s, bias %t; the spec's is %s, bias %t", file, c, bias, text, hasBias(&definition.Cell))
	}
	worst, err := compare(interp.Run(definition, v.in), v.want, bounds{definitionBound, definitionBound})
	if err != nil {
		return trial{}, fmt.Errorf("comparing the float64 interpreter with %s: %w", file, err)
	}
	name := "vectors " + front.Plain(v.spec.Name)
	return trial{name: name, in: v.in, want: v.want}, writeInterpreted(w, name, worst)
}

// writeInterpreted prints how far the float64 interpreter is from vectors.
func writeInterpreted(w io.Writer, name string, worst bounds) error {
	_, err := fmt.Fprintf(w, "interpreter  %-34s forward %.1e  backward %.1e  (bound %.0e)\n", name, worst.forward, worst.backward, definitionBound)
	return err
}

// checkGenerated compiles the spec's package and runs the trials, with each set of vectors
// in turn, on a backend, the default one if it is "". It prints a line for each comparison.
func checkGenerated(ctx context.Context, spec gen.Source, trials []trial, backend string, w io.Writer) error {
	p := gen.Compile(spec, nil)
	files, err := p.Generate()
	if err != nil {
		return err
	}
	cells, err := startCells(ctx, map[string][]gen.File{p.Name: files}, backend)
	if err != nil {
		return err
	}
	comparisons, err := cells.runTrials(p.Name, trials, w)
	if err := errors.Join(err, cells.close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "ok: %s agrees with its definition in %d comparisons, products computed by %s\n", p.Name, comparisons, cells.backend)
	return err
}

// runTrials runs the trials of a cell, until it cannot be run or a line cannot be printed, and
// returns the number of comparisons.
func (p *generatedCells) runTrials(name string, trials []trial, w io.Writer) (comparisons int, err error) {
	var errs []error
	for _, t := range trials {
		variants, err := p.run(name, "", t.in)
		if err != nil {
			return comparisons, errors.Join(append(errs, fmt.Errorf("%s: %w", t.name, err))...)
		}
		for _, v := range variants {
			comparisons++
			line, err := t.compare(v)
			errs = append(errs, err)
			if _, err := io.WriteString(w, line); err != nil {
				return comparisons, errors.Join(append(errs, err)...)
			}
		}
	}
	return comparisons, errors.Join(errs...)
}

// compare returns a line that says how far a variant's outputs are from the definition, and an
// error if they are out of bounds.
func (t *trial) compare(v variant) (line string, err error) {
	worst, err := t.doubts.compare(v.out, t.want, bounds{forwardBound, backwardBound})
	line = fmt.Sprintf("%-6s       %-34s forward %.1e  backward %.1e  (bounds %.0e, %.0e%s)\n",
		v.vectors, t.name, worst.forward, worst.backward, forwardBound, backwardBound, t.doubts.remark())
	if err != nil {
		err = fmt.Errorf("%s, vectors %s:\n%w", t.name, v.vectors, err)
	}
	return line, err
}
