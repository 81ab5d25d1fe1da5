package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
)

func check(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	file := flags.String("vectors", "", "also compare with the reference vectors in this `file`, JSON")
	quiet := flags.Bool("q", false, "print nothing but failures")
	source, backend := newSpecFlags(flags), backendFlag(flags)
	return func(args []string, stdout, _ io.Writer) error {
		if *quiet {
			stdout = io.Discard
		}
		given, err := source.read(args, "")
		if err != nil {
			return err
		}
		spec := given.Source
		definition := gen.Define(spec)
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
		for i, s := range awkwardSizes(definition.Leaves()) {
			trials = append(trials, randomTrial(s, definition, spec, uint64(i)))
		}
		return interruptible(func(ctx context.Context) error {
			return checkGenerated(ctx, spec, trials, *backend, stdout)
		})
	}
}

// vectorTrial compares the interpreter with a vector file, and returns the trial that
// compares the generated package with it.
func vectorTrial(file string, spec gen.Source, definition *ir.Func, w io.Writer) (trial, error) {
	v, err := readVectors(file)
	if err != nil {
		return trial{}, err
	}
	c, bias := v.spec.Cell, v.spec.Bias
	if text := strings.Join(spec.Head().Text.Lines, " "); c.String() != text || bias != definition.Bias {
		return trial{}, fmt.Errorf("%s: vectors of another cell: %s, bias %t; the spec's is %s, bias %t", file, c, bias, text, definition.Bias)
	}
	worst, err := compare(interp.Run(definition, v.in), v.want, bounds{definitionBound, definitionBound})
	if err != nil {
		return trial{}, fmt.Errorf("comparing the float64 interpreter with %s: %w", file, err)
	}
	name := "vectors " + front.Plain(v.spec.Name)
	fmt.Fprintf(w, "interpreter  %-34s forward %.1e  backward %.1e  (bound %.0e)\n", name, worst.forward, worst.backward, definitionBound)
	return trial{name: name, in: v.in, want: v.want}, nil
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
	var errs []error
	comparisons := 0
	for _, t := range trials {
		variants, err := cells.run(p.Name, "", t.in)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.name, err))
			break
		}
		for _, v := range variants {
			comparisons++
			errs = append(errs, t.compare(v, w))
		}
	}
	if err := errors.Join(append(errs, cells.close())...); err != nil {
		return err
	}
	fmt.Fprintf(w, "ok: %s agrees with its definition in %d comparisons, products computed by %s\n", p.Name, comparisons, cells.backend)
	return nil
}

// compare prints how far a variant's outputs are from the definition, and returns an error
// if they are out of bounds.
func (t *trial) compare(v variant, w io.Writer) error {
	wide := max(1, t.doubt)
	b := bounds{wide * forwardBound, wide * backwardBound}
	worst, err := compare(v.out, t.want, b)
	fmt.Fprintf(w, "%-6s       %-34s forward %.1e  backward %.1e  (bounds %.0e, %.0e%s)\n",
		v.vectors, t.name, worst.forward, worst.backward, b.forward, b.backward, t.remark())
	if err != nil {
		return fmt.Errorf("%s, vectors %s:\n%w", t.name, v.vectors, err)
	}
	return nil
}
