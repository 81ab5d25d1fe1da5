package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/plain"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/summary"
	"github.com/cellgen/cellgen/gen"
)

// readFlags returns the flags of a command that reads a study.
func readFlags(command string) (f *flag.FlagSet, folder *string) {
	f = flag.NewFlagSet(command, flag.ContinueOnError)
	return f, f.String("study", "study", "the `folder` of the study, which may be running")
}

const cellUsage = "the `name` of a cell, or best"

// showStudy runs the command search show.
func showStudy(args []string, stdout, _ io.Writer) error {
	f, folder := readFlags("show")
	name := f.String("cell", "", "show one cell, with its source and trainings: "+cellUsage)
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	s, err := summary.Read(*folder)
	if err != nil {
		return err
	}
	show := overview
	if *name != "" {
		show = func(s *summary.Summary) ([]string, error) { return portrait(s, *name) }
	}
	lines, err := show(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(plain.Writer(stdout), strings.Join(lines, "\n"))
	return err
}

// overview returns what there is to say about a study.
func overview(s *summary.Summary) ([]string, error) {
	lines := append(about(s), progress(s)...)
	lines = append(append(append(lines, ""), ladder(s)...), "")
	best, err := columns(s, 10)
	if err != nil {
		return nil, err
	}
	lines = append(lines, best...)
	if c := s.Best(); c != nil {
		source, err := s.Source(c)
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, "", "the best cell, "+c.Name), equations(source)...)
	}
	return lines, nil
}

// portrait returns what there is to say about a cell.
func portrait(s *summary.Summary, name string) ([]string, error) {
	c, err := s.Find(name)
	if err != nil {
		return nil, err
	}
	source, err := s.Source(c)
	if err != nil {
		return nil, err
	}
	lines := append(strings.Split(strings.TrimSpace(source.String()), "\n"), "")
	if read.Equations(source) == nil {
		lines = append(append(lines, equations(source)...), "")
	}
	lines = append(lines, "trials that proposed it", trialsOf(s, c), "", "rung    rate  seed  outcome    bits/byte    nats  units  parameters  seconds  worker")
	for _, r := range c.Runs {
		result := string(r.Outcome)
		if r.Outcome == child.Trained {
			result = fmt.Sprintf("%-9s  %9.4f  %6.4f", r.Outcome, summary.Bits(r.Loss), r.Loss)
		}
		lines = append(lines, fmt.Sprintf("%4d  %6g  %4d  %-28s  %5d  %10d  %7.2f  %s", r.Rung, r.Rate, r.Seed, result, r.Hidden, r.Parameters, r.Seconds, r.Worker))
	}
	return lines, nil
}

// equations returns what a cell computes.
func equations(source gen.Source) []string {
	if read.Equations(source) != nil {
		return strings.Split(strings.TrimSpace(source.String()), "\n")
	}
	return source.Head().Equations.Lines
}

// untilEnd returns a context that a signal to end ends.
func untilEnd() (ctx context.Context, stop func()) {
	return process.Interruptible("while reading: nothing is lost")
}

// trialsOf returns the numbers of the trials that proposed a cell.
func trialsOf(s *summary.Summary, c *summary.Cell) string {
	var all []int
	for _, t := range s.Trials {
		if t.Cell == c.Name {
			all = append(all, t.Trial)
		}
	}
	return numbers(all)
}
