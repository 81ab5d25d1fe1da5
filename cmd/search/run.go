package main

import (
	"flag"
	"fmt"
	"io"
	processors "runtime"

	"github.com/cellgen/cellgen/cmd/internal/corpus"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/work"
)

// runStudy runs the command search run.
func runStudy(args []string, stdout, stderr io.Writer) error {
	c := newStudyFlags("run")
	workers := c.set.Int("workers", processors.GOMAXPROCS(0), "children that this process trains at a time")
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	if *workers < 1 {
		return usagef("-workers is %d, want at least 1", *workers)
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
	trainer, err := child.New(s.Child, s.Text)
	if err != nil {
		return err
	}
	return s.Run(ctx, work.Local{Trainer: trainer, Workers: *workers})
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
