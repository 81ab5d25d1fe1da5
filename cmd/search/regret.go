package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	processors "runtime"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/cmd/cellgen/chart"
	"github.com/cellgen/cellgen/cmd/search/strategy"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/table"
	"github.com/cellgen/cellgen/runtime/replace"
)

// regretConfig is the values of search regret's flags.
type regretConfig struct {
	table, entrants, picture string
	contest                  table.Contest
	config                   study.Config
}

// regret runs the command search regret.
func regret(args []string, stdout, _ io.Writer) error {
	c := &regretConfig{config: study.Default()}
	f := flag.NewFlagSet("regret", flag.ContinueOnError)
	f.StringVar(&c.table, "table", "", "the table's `file`, as search table writes it")
	f.StringVar(&c.entrants, "strategies", "random,evolution,lstm,nascell,simplecell,none",
		"the `strategies`, separated by commas: random, evolution, or the cell of a controller, which has as many parameters as the first's")
	f.StringVar(&c.picture, "o", "", "draw the regrets as an SVG `file`")
	f.IntVar(&c.contest.Seeds, "seeds", 200, "runs of each strategy")
	f.IntVar(&c.contest.Cells, "cells", 500, "cells that a run tries")
	f.IntVar(&c.contest.Batch, "batch", c.config.Batch, "proposals between two updates")
	f.IntVar(&c.contest.Workers, "workers", processors.GOMAXPROCS(0), "runs at a time")
	controllerFlags(f, &c.config.Reinforce)
	evolutionFlags(f, &c.config.Evolution)
	if err := parse(f, args, stdout); err != nil {
		return err
	}
	if k := c.contest; min(k.Seeds, k.Cells, k.Batch, k.Workers) < 1 {
		return usagef("-seeds, -cells, -batch and -workers want at least 1")
	}
	if c.table == "" {
		return usagef("which table? -table FILE")
	}
	return c.run(stdout)
}

func (c *regretConfig) run(stdout io.Writer) error {
	t, err := readTable(c.table)
	if err != nil {
		return err
	}
	if c.contest.Lookup, err = t.Lookup(); err != nil {
		return fmt.Errorf("%s: %w", c.table, err)
	}
	entrants, err := c.all()
	if err != nil {
		return err
	}
	standings, err := c.contest.Run(entrants)
	if err != nil {
		return err
	}
	if err := c.print(stdout, standings); err != nil || c.picture == "" {
		return err
	}
	picture, err := drawRegrets(standings)
	if err != nil {
		return err
	}
	return replace.Write(c.picture, func(w io.Writer) error {
		_, err := w.Write(picture)
		return err
	})
}

func readTable(path string) (*table.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := table.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// all returns the entrants. Controllers have as many parameters as the first of them, each as near
// as its number of units allows.
func (c *regretConfig) all() (all []table.Entrant, err error) {
	parameters := 0
	for name := range strings.SplitSeq(c.entrants, ",") {
		config := c.config
		config.Child.Space, config.Trials = c.contest.Lookup.Space.String(), 1
		switch name {
		case study.AtRandom, study.ByEvolution:
			config.Strategy = name
		default:
			config.Strategy = study.ByReinforce
			if config.Reinforce.Cell, err = controllerCell(name); err != nil {
				return nil, err
			}
			if parameters, err = config.Reinforce.Fit(c.contest.Lookup.Space, parameters); err != nil {
				return nil, err
			}
		}
		all = append(all, table.Entrant{Name: name, New: func(seed uint64) (strategy.Strategy, error) {
			config := config
			config.Child.Seed = seed
			s, _, err := config.NewStrategy()
			return s, err
		}})
	}
	return all, nil
}

// print prints the medians, with quartiles at the end.
func (c *regretConfig) print(w io.Writer, standings []*table.Standing) error {
	marks := []int{c.contest.Cells / 10, c.contest.Cells / 4, c.contest.Cells / 2, c.contest.Cells}
	fmt.Fprintf(w, "regret, nats a byte, median of %d seeds; the best of the table has %.4f\n%-14s", c.contest.Seeds, c.contest.Lookup.Best, "cells tried")
	for _, n := range marks {
		fmt.Fprintf(w, " %8d", n)
	}
	fmt.Fprintf(w, "  %-15s  %s\n", "quartiles", "p, against "+standings[0].Name)
	for i, s := range standings {
		lower, median, upper := table.Bands(s.Regrets)
		fmt.Fprintf(w, "%-14s", s.Name)
		for _, n := range marks {
			fmt.Fprintf(w, " %8.4f", median[max(n, 1)-1])
		}
		last := c.contest.Cells - 1
		fmt.Fprintf(w, "  %.4f – %.4f", lower[last], upper[last])
		if i > 0 {
			fmt.Fprintf(w, "  %.2g", s.Below(standings[0], c.contest.Cells))
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

// drawRegrets draws medians with bands from quartile to quartile.
func drawRegrets(standings []*table.Standing) ([]byte, error) {
	p := chart.New("", "cells tried", "regret, nats a byte")
	for i, s := range standings {
		lower, median, upper := table.Bands(s.Regrets)
		colour := chart.Colours[i%len(chart.Colours)]
		var line, band plotter.XYs
		for n := 9; n < len(median); n++ { // before, some have failed with all cells
			line = append(line, plotter.XY{X: float64(n + 1), Y: median[n]})
			band = append(band, plotter.XY{X: float64(n + 1), Y: upper[n]})
		}
		for n := len(median) - 1; n >= 9; n-- {
			band = append(band, plotter.XY{X: float64(n + 1), Y: lower[n]})
		}
		area, err := plotter.NewPolygon(band)
		if err != nil {
			return nil, err
		}
		area.LineStyle.Width = 0
		faint := colour
		faint.R, faint.G, faint.B, faint.A = faint.R/8, faint.G/8, faint.B/8, 32
		area.Color = faint
		middle, err := plotter.NewLine(line)
		if err != nil {
			return nil, err
		}
		middle.Color = colour
		p.Add(area, middle)
		p.Legend.Add(s.Name, middle)
	}
	p.Legend.Top = true
	return chart.Picture("svg", 16*vg.Centimeter, 10*vg.Centimeter, p)
}
