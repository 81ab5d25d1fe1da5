package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/cellgen/cellgen/cmd/internal/terminal"
	"github.com/cellgen/cellgen/cmd/search/study"
	"github.com/cellgen/cellgen/cmd/search/summary"
)

// watchFlags are the flags of what search run shows while it runs.
type watchFlags struct {
	quiet bool
	page  *listenFlags
}

func newWatchFlags(f *flag.FlagSet) *watchFlags {
	c := new(watchFlags)
	f.BoolVar(&c.quiet, "quiet", false, "show no progress")
	c.page = newListenFlags(f, "", "serve the study's page at this `address` while it runs, such as 127.0.0.1:8080")
	return c
}

// check returns an error if other machines would see the page unasked.
func (c *watchFlags) check() error {
	if c.page.listen == "" {
		return nil
	}
	_, err := c.page.address()
	return err
}

// begin notes that this process goes on with a study by a command, and shows it from now on, until stop is
// called.
func (c *watchFlags) begin(s *study.Study, command []string, workers int, stdout, stderr io.Writer) (stop func() error, err error) {
	if err := s.Began(command, workers); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ends []func() error
	stop = func() error {
		cancel()
		var errs []error
		for _, end := range ends {
			errs = append(errs, end())
		}
		return errors.Join(errs...)
	}
	if c.page.listen != "" {
		wait, err := c.page.serve(ctx, s.Folder, stdout)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		ends = append(ends, wait)
	}
	if !c.quiet {
		end, err := showProgress(s.Folder, stderr)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		ends = append(ends, end)
	}
	return stop, nil
}

// careless is a writer whose errors end no study.
type careless struct{ io.Writer }

func (c careless) Write(text []byte) (int, error) {
	_, _ = c.Writer.Write(text)
	return len(text), nil
}

// showProgress shows the progress of a study that this process runs, until stop is called: on a
// terminal by a line that is drawn again and again, elsewhere by a line for each batch.
func showProgress(folder string, w io.Writer) (stop func() error, err error) {
	r, err := summary.Open(folder)
	if err != nil {
		return nil, err
	}
	before, _, err := r.Next()
	if err != nil {
		return nil, err
	}
	each, every := lines(careless{w}, len(before.Batches)), between/5
	line := terminal.NewLine(w)
	if line != nil {
		each, every = func(s *summary.Summary) error {
			line.Draw(func(columns int) string { return short(s, columns) })
			return nil
		}, between
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- follow(ctx, r, every, each) }()
	return func() error {
		cancel()
		err := <-ended
		if line == nil {
			return err
		}
		line.Clear()
		s, _, more := r.Next()
		if len(s.Batches) > 0 {
			return errors.Join(err, more, lines(careless{w}, len(s.Batches)-1)(s))
		}
		return errors.Join(err, more)
	}, nil
}
