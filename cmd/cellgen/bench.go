package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/cmd/cellgen/timing"
	"github.com/cellgen/cellgen/cmd/internal/probe"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/front"
)

// leastRounds is the smallest number of rounds for which the median's interval of 95 %
// confidence is finite.
const leastRounds = 6

// benchmark says what to measure, and how.
type benchmark struct {
	batch, hidden          []int
	steps, rounds, workers int
	least                  time.Duration
	widths                 widthFlag
	backend                string
}

func bench(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	b := benchmark{batch: []int{16}, hidden: []int{64, 128, 256, 512, 1024}}
	flags.Func("batch", "batch sizes `B,…`, separated by commas (default 16)", numbers(&b.batch))
	flags.Func("hidden", "hidden widths `H,…`, separated by commas; inputs are as wide (default 64,128,256,512,1024)", numbers(&b.hidden))
	flags.IntVar(&b.steps, "steps", 35, "time steps `T` of a sequence")
	flags.IntVar(&b.rounds, "rounds", 11, "number `N` of rounds in which the two cells take turns; at least 6")
	flags.IntVar(&b.workers, "workers", 1, "number `N` of goroutines of a layer")
	flags.DurationVar(&b.least, "time", 40*time.Millisecond, "least `duration` of a cell's turn in a round")
	source, backend := newSpecFlags(flags), backendFlag(flags)
	b.widths = newWidthFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON instead of a table")
	plot := flags.String("plot", "", "draw the speed-up over H, and a roofline, to this `file`, .svg or .png")
	return func(args []string, stdout, _ io.Writer) error {
		b.backend = *backend
		if err := b.validate(); err != nil {
			return err
		}
		format := strings.TrimPrefix(strings.ToLower(filepath.Ext(*plot)), ".")
		if isSet(flags, "plot") && !slices.Contains(chart.Formats, format) {
			return usagef("bench: -plot %s: unknown extension %q; want one of .%s", front.Plain(*plot), filepath.Ext(*plot), strings.Join(chart.Formats, ", ."))
		}
		spec, err := source.read(args, "")
		if err != nil {
			return err
		}
		if err := b.widths.validate("bench", &gen.Define(spec.Source).Cell, true); err != nil {
			return err
		}
		table := stdout
		if *asJSON {
			table = io.Discard
		}
		if *plot != "" {
			if err := canReplace(*plot); err != nil {
				return fmt.Errorf("writing the plot %w", err)
			}
		}
		r, err := b.run(context.Background(), spec, table)
		if err != nil {
			return fmt.Errorf("measuring %s: %w", spec.Head().Name, err)
		}
		if *plot != "" {
			picture, err := r.picture(format)
			if err != nil {
				return err
			}
			if err := replaceFiles(gen.File{Name: *plot, Data: picture}); err != nil {
				return fmt.Errorf("writing the plot %w", err)
			}
		}
		if *asJSON {
			encoder := json.NewEncoder(stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(r)
		}
		return nil
	}
}

// numbers returns a function that reads positive integers, separated by commas.
func numbers(into *[]int) func(string) error {
	return func(list string) error {
		*into = nil
		for text := range strings.SplitSeq(list, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil || n < 1 {
				return fmt.Errorf("%q is not a positive integer", text)
			}
			*into = append(*into, n)
		}
		return nil
	}
}

func (b *benchmark) validate() error {
	switch {
	case b.steps < 1:
		return usagef("bench: -steps %d: want at least 1", b.steps)
	case b.rounds < leastRounds:
		return usagef("bench: -rounds %d: want at least %d, for an interval of 95 %% confidence", b.rounds, leastRounds)
	case b.workers < 1:
		return usagef("bench: -workers %d: want at least 1", b.workers)
	case b.least < 0:
		return usagef("bench: -time %v: want at least 0s", b.least)
	}
	return nil
}

// run builds a program of the generated and the interpreted cell, has them take turns at
// every size, and prints a line for each size as soon as it is measured.
func (b *benchmark) run(ctx context.Context, spec *given, w io.Writer) (r *figures, err error) {
	compiled := gen.Compile(spec.Source, nil)
	files, err := compiled.Generate()
	if err != nil {
		return nil, err
	}
	main := jen.NewFile("main")
	main.Func().Id("main").Params().Block(
		jen.Qual(probe.Module+"/cmd/cellgen/timing", "Main").Call(jen.Qual(modulePath+"/generated", "New")))
	p, err := startProgram(ctx, main, map[string][]gen.File{"generated": files}, b.backend)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := p.close(); err == nil {
			err = closing
		}
	}()
	r = &figures{Cell: compiled.Name, Tokens: tokensOf(spec.Source), Bias: !compiled.Joint.Named && hasBias(&compiled.Joint.Cell), Steps: b.steps, Rounds: b.rounds, Workers: b.workers}
	if err := p.ask(timing.Cell{File: read.FileOf(spec.Source), Text: spec.String()}, &r.Machine); err != nil {
		return nil, err
	}
	if err := r.head(w); err != nil {
		return nil, err
	}
	for _, batch := range b.batch {
		for _, hidden := range b.hidden {
			for _, d := range timing.Directions() {
				q := timing.Request{Steps: b.steps, Batch: batch, Hidden: hidden, Widths: b.widths, Direction: d, Workers: b.workers, Rounds: b.rounds, Least: b.least}
				var reply timing.Reply
				if err := p.ask(q, &reply); err != nil {
					return nil, err
				}
				if reply.Error != "" {
					return nil, fmt.Errorf("at B = %d, H = %d: %s", batch, hidden, reply.Error)
				}
				r.Rows = append(r.Rows, newRow(q, reply.Result))
				if err := r.Rows[len(r.Rows)-1].print(w); err != nil {
					return nil, err
				}
			}
		}
	}
	return r, nil
}
