package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"
	processors "runtime"
	"slices"
	"strings"

	"github.com/cellgen/cellgen/cmd/search/strategy"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/table"
	"github.com/cellgen/cellgen/gen/front"
)

// regretConfig is the values of search regret's flags.
type regretConfig struct {
	set                      *flag.FlagSet
	table, entrants, picture string
	contest                  table.Contest
	config                   study.Config
}

// The most of what search regret keeps: a regret, of eight bytes, for each cell of each run.
const (
	mostSeeds   = 10_000
	mostCells   = 1_000_000
	mostRegrets = 100_000_000
)

// regret runs the command search regret.
func regret(args []string, stdout, _ io.Writer) error {
	f := flag.NewFlagSet("regret", flag.ContinueOnError)
	c := &regretConfig{set: f, config: study.Default()}
	f.StringVar(&c.table, "table", "", "the table's `file`, as search table writes it")
	f.StringVar(&c.entrants, "strategies", "random,evolution,lstm,nascell,simplecell,none",
		"the `strategies`, separated by commas: random, evolution, none, or the cell of a controller, which has as many parameters as lstm with -layers and -hidden")
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
	names, err := c.names()
	if err != nil {
		return err
	}
	if err := c.check(len(names)); err != nil {
		return err
	}
	return c.run(names, stdout)
}

// names returns the strategies' names.
func (c *regretConfig) names() (names []string, err error) {
	for name := range strings.SplitSeq(c.entrants, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			return nil, usagef("-strategies is %q, with an empty name", c.entrants)
		case slices.Contains(names, name):
			return nil, usagef("-strategies has %s twice", front.Quote(name))
		}
		names = append(names, name)
	}
	return names, nil
}

// check returns an error if the flags of a contest of so many strategies are out of range.
func (c *regretConfig) check(strategies int) error {
	k := c.contest
	for _, n := range []struct {
		flag        string
		value, most int
	}{{"seeds", k.Seeds, mostSeeds}, {"cells", k.Cells, mostCells}, {"batch", k.Batch, mostCells}, {"workers", k.Workers, math.MaxInt}} {
		switch {
		case n.value < 1:
			return usagef("-%s is %d, want at least 1", n.flag, n.value)
		case n.value > n.most:
			return usagef("-%s is %d, want at most %d", n.flag, n.value, n.most)
		}
	}
	if all := int64(k.Seeds) * int64(k.Cells) * int64(strategies); all > mostRegrets {
		return usagef("-seeds %d, -cells %d and %d strategies are %d regrets to keep, want at most %d", k.Seeds, k.Cells, strategies, all, mostRegrets)
	}
	if c.table == "" {
		return usagef("which table? -table FILE")
	}
	if c.picture == "" {
		return nil
	}
	if strings.ToLower(filepath.Ext(c.picture)) != ".svg" {
		return usagef("-o is %q, want a file that ends in .svg", c.picture)
	}
	return checkWritable(c.picture)
}

func (c *regretConfig) run(names []string, stdout io.Writer) error {
	t, err := readTable(c.table)
	if err != nil {
		return err
	}
	if c.contest.Lookup, err = t.Lookup(); err != nil {
		return inTable(c.table, err)
	}
	entrants, err := c.all(names)
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
	return writeFile(c.picture, picture)
}

// all returns the entrants. Controllers have as many parameters as the default one, each as near as
// its number of units allows. So no row of the table depends on which others there are.
func (c *regretConfig) all(names []string) (all []table.Entrant, err error) {
	s := c.contest.Lookup.Space
	parameters, err := c.config.Reinforce.Measure(s)
	if err != nil {
		return nil, wrongFlag(c.set, err)
	}
	for _, name := range names {
		config := c.config
		config.Child.Space, config.Trials = s.String(), 1
		switch name {
		case study.AtRandom, study.ByEvolution:
			config.Strategy = name
		default:
			config.Strategy = study.ByReinforce
			if config.Reinforce.Cell, err = controllerCell(name); err != nil {
				return nil, err
			}
			if _, err = config.Reinforce.Fit(s, parameters); err != nil {
				return nil, wrongFlag(c.set, err)
			}
		}
		e := table.Entrant{Name: name, New: func(seed uint64) (strategy.Strategy, error) {
			config := config
			config.Child.Seed = seed
			s, _, err := config.NewStrategy()
			return s, err
		}}
		if _, err := e.New(1); err != nil {
			return nil, wrongFlag(c.set, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// marks returns after how many cells the regret is printed, each more than the one before.
func marks(cells int) []int {
	return slices.Compact([]int{max(cells/10, 1), max(cells/4, 1), max(cells/2, 1), cells})
}

// print prints the medians, with quartiles at the end.
func (c *regretConfig) print(w io.Writer, standings []*table.Standing) error {
	marks := marks(c.contest.Cells)
	fmt.Fprintf(w, "regret, nats a byte, median of %d seeds; the best of the table has %.4f\n%-14s", c.contest.Seeds, c.contest.Lookup.Best, "cells tried")
	for _, n := range marks {
		fmt.Fprintf(w, " %8d", n)
	}
	fmt.Fprintf(w, "  %-15s  %s\n", "quartiles", "p, against "+standings[0].Name)
	for i, s := range standings {
		lower, median, upper := table.Bands(s.Regrets)
		fmt.Fprintf(w, "%-14s", s.Name)
		for _, n := range marks {
			fmt.Fprintf(w, " %8.4f", median[n-1])
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
