// Package process is what a command owes the system that it runs on: an exit code that tells
// whether its output was written, and nothing left behind, however it ends.
package process

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Main runs a command on the arguments and standard streams of this process, which ends with
// the exit code that it returns. A pipe that nobody reads any more is an error of a write, not
// the end of the process.
func Main(run func(args []string, stdout, stderr io.Writer) int) {
	surviveClosedPipes()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// Output is a command's standard output. After an error nothing more is written, and each
// write returns that error, so that not every caller has to look.
type Output struct {
	w   io.Writer
	err error
}

// NewOutput returns an output that writes to w.
func NewOutput(w io.Writer) *Output { return &Output{w: w} }

// Unwrap returns what the output writes to, such as a terminal.
func (o *Output) Unwrap() io.Writer { return o.w }

// Write writes unless an earlier write has failed.
func (o *Output) Write(data []byte) (n int, err error) {
	if o.err == nil {
		n, err = o.w.Write(data)
		o.fail(err)
	}
	return n, o.err
}

func (o *Output) fail(err error) {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err // the file's name, /dev/stdout or |1, says nothing
	}
	if err != nil {
		o.err = fmt.Errorf("writing standard output: %w", err)
	}
}

// Close ends a command that has returned an error, or nil. It returns that error and, if the
// output could not be written, the error of that, once. A command that prints help ends well,
// unless that could not be written.
func (o *Output) Close(err error) error {
	if c, ok := o.w.(io.Closer); ok && o.err == nil {
		o.fail(c.Close()) // some file systems are full only now
	}
	switch {
	case o.err == nil || errors.Is(err, o.err):
		return err
	case errors.Is(err, flag.ErrHelp):
		return o.err
	}
	return errors.Join(err, o.err)
}
