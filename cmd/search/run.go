package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	processors "runtime"
	"strings"

	"github.com/cellgen/cellgen/cmd/internal/process"
	"github.com/cellgen/cellgen/cmd/search/child"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/summary"
	"github.com/cellgen/cellgen/cmd/search/table"
	"github.com/cellgen/cellgen/cmd/search/work"
	"github.com/cellgen/cellgen/runtime"
)

// runFlags are the flags of search run.
type runFlags struct {
	*studyFlags
	address *work.Address
	workers int
	file    string // of a table
	table   *table.Pool
}

func newRunFlags(command string) *runFlags {
	c := &runFlags{studyFlags: newStudyFlags(command)}
	c.address = addressFlags(c.set)
	c.set.IntVar(&c.workers, "workers", processors.GOMAXPROCS(0), "children that this process trains at a time; 0, with -url, for none")
	c.set.StringVar(&c.file, "table", "", "look results up in a table's `file`, whose children the study's then are, instead of training")
	return c
}

// parse parses the flags. Of a study on a table, the children are the table's.
func (c *runFlags) parse(args []string, stdout io.Writer) (err error) {
	if err := parse(c.set, args, stdout); err != nil {
		return err
	}
	switch {
	case c.workers < 0:
		return usagef("-workers is %d, want at least 0", c.workers)
	case c.workers == 0 && c.address.URL == "":
		return usagef("-workers is 0, and others cannot join: name a message server with -url")
	}
	if err := checkAddress(c.address); err != nil || c.file == "" {
		return err
	}
	if err := c.checkTableFlags(); err != nil {
		return err
	}
	t, err := readTable(c.file)
	if err != nil {
		return err
	}
	if c.table, err = table.NewPool(t); err != nil {
		return inTable(c.file, err)
	}
	data, err := os.ReadFile(c.file)
	if err != nil {
		return err
	}
	own := c.config.Child
	c.config.Child, c.config.Table = t.Setup, child.Digest(data)
	c.config.Child.Seed, c.config.Child.Backend = own.Seed, own.Backend // which the controller needs
	return nil
}

// checkTableFlags returns an error if flags say what is a table's to say, or how to train.
func (c *runFlags) checkTableFlags() (err error) {
	c.set.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "space", "parameters", "embed", "rows", "steps", "rungs", "rates", "validation":
			err = usagef("-%s and -table: the children are the table's", f.Name)
		case "url", "workers", "repeat", "seeds":
			err = usagef("-%s and -table: nothing is trained", f.Name)
		}
	})
	return err
}

// goesOn is what a signal leaves of a study.
const goesOn = "while children trained: the journal has all that is done, and the same command goes on"

// runStudy runs the command search run.
func runStudy(args []string, stdout, stderr io.Writer) error {
	c := newRunFlags("run")
	watch := newWatchFlags(c.set)
	if err := c.parse(args, stdout); err != nil {
		return err
	}
	if err := watch.check(); err != nil {
		return err
	}
	if err := c.reach(); err != nil {
		return err
	}
	if err := c.prepare(stderr); err != nil {
		return err
	}
	ctx, stop := process.Interruptible(goesOn)
	defer stop()
	s, err := study.Open(c.folder)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := runtime.UseBackend(s.Child.Backend); err != nil {
		return err
	}
	unwatch, err := watch.begin(s, c.command(), c.workers, stdout, stderr)
	if err != nil {
		return err
	}
	log := logTo(stderr)
	if err := errors.Join(c.train(ctx, s, log), unwatch()); err != nil {
		return err
	}
	if !watch.quiet {
		log(done(s))
	}
	return nil
}

// command returns this command, without passwords: a study is for others to read.
func (c *runFlags) command() (args []string) {
	for _, arg := range os.Args {
		if c.address.URL != "" {
			arg = strings.ReplaceAll(arg, c.address.URL, c.address.String())
		}
		args = append(args, arg)
	}
	return args
}

// reach returns an error if no message server answers at the address. Then no folder is made.
func (c *runFlags) reach() error {
	if c.address.URL == "" {
		return nil
	}
	conn, err := c.address.Connect()
	if err == nil {
		conn.Close()
	}
	return err
}

// done says how a study has ended.
func done(s *study.Study) string {
	best := s.Best()
	if best == nil {
		return fmt.Sprintf("%s is done, and none of its cells has learned anything: search show -study %[1]s", s.Folder)
	}
	return fmt.Sprintf("%s is done; the best cell is %s, %.4f bits a byte on rung %d: search show -study %[1]s -cell best",
		s.Folder, best.Cell, summary.Bits(best.Loss), best.Rung)
}

// train runs a study: on a table, or on workers of this process and, through a message server, on
// others.
func (c *runFlags) train(ctx context.Context, s *study.Study, log func(string)) error {
	if err := c.checkTable(&s.Config, s.Folder); err != nil {
		return err
	}
	if c.table != nil {
		return s.Run(ctx, c.table)
	}
	trainer, err := child.New(s.Child, s.Text)
	if err != nil {
		return err
	}
	return serveTasks(ctx, s, trainer, c.address, c.workers, log)
}

// checkTable returns an error if a study has another table than -table says, or none.
func (c *runFlags) checkTable(s *study.Config, folder string) error {
	switch {
	case s.Table == "" && c.table != nil:
		return fmt.Errorf("the children of %s are trained: go on without -table", folder)
	case s.Table != c.config.Table:
		return fmt.Errorf("the results of %s are from a table with SHA-256 %s: go on with its -table", folder, s.Table)
	case c.table == nil:
		return nil
	}
	return c.table.Check(s.Child)
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
