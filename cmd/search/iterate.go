package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/cellgen/cellgen/cmd/internal/cells"
	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/internal/read"
	"github.com/cellgen/cellgen/cmd/search/space"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/gen"
)

// iterateConfig is the values of search iterate's flags, which are run's and some more.
type iterateConfig struct {
	*runFlags
	generations int
}

// generation is a study, with a controller whose cell the one before has found.
type generation struct {
	folder string
	config study.Config
	best   *study.Score
	file   string // of the best cell
}

// iterate runs the command search iterate.
func iterate(args []string, stdout, stderr io.Writer) error {
	c := &iterateConfig{runFlags: newRunFlags("iterate")}
	c.set.Bool("quiet", false, "show no progress")
	c.set.IntVar(&c.generations, "generations", 3, "studies, each with the cell that the one before has found as its controller's")
	c.set.Lookup("hidden").Usage = "`units` in a layer of lstm: the controllers of all generations have as many parameters, as near as theirs allow"
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	if c.generations < 1 {
		return usagef("-generations is %d, want at least 1", c.generations)
	}
	ctx, stop := process.Interruptible(goesOn)
	defer stop()
	return c.run(ctx, stdout, stderr)
}

func (c *iterateConfig) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := c.reach(); err != nil {
		return err
	}
	p, err := c.plan()
	if err != nil {
		return err
	}
	s, err := space.Parse(p.first.Child.Space)
	if err != nil {
		return err
	}
	config := p.first
	var before, folders []string // the cells found so far, and where
	file := ""
	for n := range p.Generations {
		if n > 0 {
			if err := p.follow(&config.Reinforce, s, file); err != nil {
				return err
			}
		}
		g := &generation{folder: c.generation(n), config: config}
		if err := c.create(p, g, n); err != nil {
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
		file, before, folders = g.file, append(before, g.best.Cell), append(folders, g.folder)
		if err := plotFolders(folders, filepath.Join(c.folder, "generations.svg"), "svg"); err != nil {
			return err
		}
	}
	return nil
}

// create makes a generation's study, or finds it made. The plan is there before the first study, but
// takes no place beside another one.
func (c *iterateConfig) create(p *plan, g *generation, n int) error {
	if n == 0 {
		if _, _, err := study.Load(g.folder); errors.Is(err, study.ErrNone) {
			if err := p.write(c.folder); err != nil {
				return err
			}
		}
	}
	err := study.Create(g.folder, g.config, p.text)
	if err == nil && n == 0 {
		err = p.write(c.folder) // there may be more generations than before
	}
	return err
}

// generation returns the folder of a generation's study.
func (c *iterateConfig) generation(n int) string {
	return filepath.Join(c.folder, fmt.Sprintf("generation-%d", n))
}

// study goes on with a generation's study, in a process of its own: its controller's cell is compiled
// into that.
func (c *iterateConfig) study(ctx context.Context, g *generation, stdout, stderr io.Writer) error {
	args := []string{"run", "-study=" + g.folder}
	c.set.Visit(func(f *flag.Flag) {
		if !c.deciding[f.Name] && f.Name != "study" && f.Name != "generations" {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
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
		return interrupted(context.Cause(ctx), err)
	}
	if err != nil {
		return fmt.Errorf("%s: search run ended with %w", g.folder, err)
	}
	return nil
}

// interrupted returns the error of an interruption that has ended a program of this process, too. That
// program has said so, unless a signal has ended it before it could, or it has not begun.
func interrupted(cause, ended error) error {
	exit, ran := errors.AsType[*exec.ExitError](ended)
	signal, is := errors.AsType[*process.Interruption](cause)
	if !ran || !is {
		return cause
	}
	if how, known := exit.Sys().(syscall.WaitStatus); known && how.Signaled() {
		return cause
	}
	return &exited{signal.ExitCode()}
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
	return writeFile(g.file, []byte(source.String()))
}

// cell returns the name of the controller's cell.
func (g *generation) cell() (string, error) {
	text := g.config.Reinforce.Cell
	if text == study.NoCell || cells.IsShipped(text) {
		return text, nil
	}
	source, err := read.Source(g.folder, []byte(text))
	if err != nil {
		return "", err
	}
	return source.Head().Name, nil
}

// print says what a generation has found, and whether it is nothing new.
func (g *generation) print(w io.Writer, n int, before []string) error {
	cell, err := g.cell()
	if err != nil {
		return err
	}
	news := ""
	switch {
	case g.best.Cell == cell:
		news = ": it has found itself"
	case len(before) > 0 && before[len(before)-1] == g.best.Cell:
		news = ": the same as the generation before"
	}
	_, err = fmt.Fprintf(w, "generation %d: the controller of %s, %d units, finds %s, %.4f nats a byte on rung %d%s\n",
		n, cell, g.config.Reinforce.Hidden, g.best.Cell, g.best.Loss, g.best.Rung, news)
	return err
}
