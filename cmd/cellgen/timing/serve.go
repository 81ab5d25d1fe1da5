package timing

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/cmd/cellgen/harness/lifeline"
	"github.com/cellgen/cellgen/cmd/internal/read"
)

// Cell is a cell's source: a file's name, whose extension picks the front end, and its text.
type Cell struct{ File, Text string }

// Reply answers a Request with a Result or an error.
type Reply struct {
	Result *Result
	Error  string
}

// Main is the main function of the program that cellgen bench builds from a generated package
// and this one. It reads the Cell from standard input, writes its Machine to standard output,
// and then a Reply to every Request, until the input ends. It does not return.
func Main(build NewLayer) {
	if err := serve(build, gob.NewDecoder(lifeline.Stdin()), gob.NewEncoder(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "timing:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(build NewLayer, in *gob.Decoder, out *gob.Encoder) error {
	var c Cell
	if err := in.Decode(&c); err != nil {
		return err
	}
	source, err := read.Source(c.File, []byte(c.Text))
	if err != nil {
		return err
	}
	if err := out.Encode(Measure()); err != nil {
		return err
	}
	for {
		var q Request
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var reply Reply
		if reply.Result, err = Compare(source, build, q); err != nil {
			reply.Error = err.Error()
		}
		if err := out.Encode(reply); err != nil {
			return err
		}
	}
}
