package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/runtime/replace"
)

// iterateConfig is the values of search iterate's flags, which are run's and some more.
type iterateConfig struct {
	*runFlags
	generations int
}

// generation is a study, with a controller whose cell the one before has found.
type generation struct {
	folder     string
	controller string // what -controller says
	cell       string // its name
	hidden     int
	best       *study.Score
	file       string // of the best cell
}

// iterate runs the command search iterate.
func iterate(args []string, stdout, stderr io.Writer) error {
	c := &iterateConfig{runFlags: newRunFlags("iterate")}
	c.set.Bool("quiet", false, "show no progress")
	c.set.IntVar(&c.generations, "generations", 3, "studies, each with the cell that the one before has found as its controller's")
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	if c.generations < 1 {
		return usagef("-generations is %d, want at least 1", c.generations)
	}
	if c.config.Strategy != study.ByReinforce {
		return usagef("-strategy is %s: only %s has a controller", c.config.Strategy, study.ByReinforce)
	}
	ctx, stop := process.Interruptible(goesOn)
	defer stop()
	return c.run(ctx, stdout, stderr)
}

func (c *iterateConfig) run(ctx context.Context, stdout, stderr io.Writer) error {
	s, err := space.Parse(c.config.Child.Space)
	if err != nil {
		return usagef("-space: %v", err)
	}
	g := &generation{controller: c.config.Reinforce.Cell}
	parameters := 0              // of the first controller
	var before, folders []string // the cells found so far, and where
	for n := range c.generations {
		g.folder = filepath.Join(c.folder, fmt.Sprintf("generation-%d", n))
		if parameters, err = c.fit(g, s, parameters); err != nil {
			return err
		}
		if err := c.study(ctx, g, stdout, stderr); err != nil {
			return err
		}
		if err := g.find(s); err != nil {
			return err
		}
		if err := g.print(stdout, n, before); err != nil {
			return err
		}
		before, folders = append(before, g.best.Cell), append(folders, g.folder)
		if err := plotFolders(folders, filepath.Join(c.folder, "generations.svg"), "svg"); err != nil {
			return err
		}
		g = &generation{controller: g.file}
	}
	return nil
}

// fit finds the hidden units with which the generation's controller has as many parameters as the
// first one.
func (c *iterateConfig) fit(g *generation, s space.Space, parameters int) (int, error) {
	r := c.config.Reinforce
	var err error
	if r.Cell, err = controllerCell(g.controller); err != nil {
		return 0, err
	}
	parameters, err = r.Fit(s, parameters)
	g.hidden = r.Hidden
	g.cell = g.controller
	if r.Cell != g.controller { // a file's
		source, err := read.File(g.controller)
		if err != nil {
			return 0, err
		}
		g.cell = source.Head().Name
	}
	return parameters, err
}

// study runs a generation's study, in a process of its own: its controller's cell is compiled into
// that.
func (c *iterateConfig) study(ctx context.Context, g *generation, stdout, stderr io.Writer) error {
	args := []string{"run"}
	c.set.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "study", "generations", "controller", "hidden", "text", "rungs", "rates":
		default:
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	for _, text := range c.texts {
		args = append(args, "-text="+text)
	}
	if c.table == nil {
		args = append(args, "-rungs="+join(c.config.Child.Rungs), "-rates="+join(c.config.Child.Rates))
	}
	args = append(args, "-study="+g.folder, "-controller="+g.controller, "-hidden="+strconv.Itoa(g.hidden))
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	child, err := process.Start(ctx, cmd)
	if err == nil {
		err = child.Wait()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: search %v: %w", g.folder, args, err)
	}
	return nil
}

// find reads the best cell of the generation's study, and writes its source.
func (g *generation) find(s space.Space) error {
	records, _, err := study.Read(g.folder)
	if err != nil {
		return err
	}
	var source gen.Source
	for _, r := range records {
		if r.Batch != nil {
			g.best = r.Batch.Best
		}
	}
	if g.best == nil {
		return fmt.Errorf("%s: no cell has been trained to the end: there is nothing to make a controller of", g.folder)
	}
	for _, r := range records {
		if r.Trial != nil && r.Trial.Cell == g.best.Cell {
			if source, err = s.Build(r.Trial.Choices); err != nil {
				return err
			}
			break
		}
	}
	g.file = filepath.Join(g.folder, "best-"+read.FileOf(source))
	return replace.Write(g.file, func(w io.Writer) error {
		_, err := io.WriteString(w, source.String())
		return err
	})
}

// print says what a generation has found, and whether it is nothing new.
func (g *generation) print(w io.Writer, n int, before []string) error {
	news := ""
	switch {
	case g.best.Cell == g.cell:
		news = ": it has found itself"
	case len(before) > 0 && before[len(before)-1] == g.best.Cell:
		news = ": the same as the generation before"
	}
	_, err := fmt.Fprintf(w, "generation %d: the controller of %s, %d units, finds %s, %.4f nats a byte on rung %d%s\n",
		n, g.cell, g.hidden, g.best.Cell, g.best.Loss, g.best.Rung, news)
	return err
}
