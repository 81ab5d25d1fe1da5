package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	processors "runtime"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/table"
	"github.com/cellgen/cellgen/cmd/search/work"
)

// runFlags are the flags of search run.
type runFlags struct {
	*studyFlags
	workers int
	file    string // of a table
	table   *table.Table
}

func newRunFlags(command string) *runFlags {
	c := &runFlags{studyFlags: newStudyFlags(command)}
	c.set.IntVar(&c.workers, "workers", processors.GOMAXPROCS(0), "children that this process trains at a time")
	c.set.StringVar(&c.file, "table", "", "look results up in a table's `file`, whose children the study's then are, instead of training")
	return c
}

// parse parses the flags. Of a study on a table, the children are the table's.
func (c *runFlags) parse(args []string, stdout io.Writer) (err error) {
	if err := parse(c.set, args, stdout); err != nil {
		return err
	}
	if c.workers < 1 {
		return usagef("-workers is %d, want at least 1", c.workers)
	}
	if c.file == "" {
		return nil
	}
	if c.table, err = readTable(c.file); err != nil {
		return err
	}
	seed := c.config.Child.Seed
	c.config.Child = c.table.Setup
	c.config.Child.Seed = seed
	return nil
}

// runStudy runs the command search run.
func runStudy(args []string, stdout, stderr io.Writer) error {
	c := newRunFlags("run")
	watch := newWatchFlags(c.set)
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	if err := c.settle(stderr); err != nil {
		return err
	}
	if err := watch.check(); err != nil {
		return err
	}
	if err := c.create(); err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	s, err := study.Open(c.folder)
	if err != nil {
		return err
	}
	defer s.Close()
	pool, err := c.pool(s)
	if err != nil {
		return err
	}
	unwatch, err := watch.begin(s, c.workers, stdout, stderr)
	if err != nil {
		return err
	}
	err = s.Run(ctx, pool)
	return errors.Join(err, unwatch())
}

// pool returns who trains the study's children.
func (c *runFlags) pool(s *study.Study) (study.Pool, error) {
	if c.table != nil {
		return table.NewPool(c.table, s.Child)
	}
	trainer, err := child.New(s.Child, s.Text)
	if err != nil {
		return nil, err
	}
	return work.Local{Trainer: trainer, Workers: c.workers}, nil
}

// parse parses a command's flags, which take no other arguments.
func parse(f *flag.FlagSet, args []string, stdout io.Writer) error {
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	err := f.Parse(args)
	switch {
	case err == flag.ErrHelp:
		f.SetOutput(stdout)
		fmt.Fprintf(stdout, "search %s [flags]\n\n", f.Name())
		f.PrintDefaults()
		return err
	case err != nil:
		return usagef("%v", err)
	case f.NArg() > 0:
		return usagef("unexpected argument %q", f.Arg(0))
	}
	return nil
}

// read reads the text of a study.
func (c *studyFlags) read() ([]byte, error) {
	text, err := c.source()
	if err != nil {
		return nil, err
	}
	return text.Read(corpus.MaxText)
}
