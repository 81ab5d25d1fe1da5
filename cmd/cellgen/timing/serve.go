package timing

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/cmd/internal/read"
)

// Cell is a cell's source: a file, whose extension names the front end, and what it
// says.
type Cell struct{ File, Text string }

// Reply answers a Request, with a Result or with what is wrong.
type Reply struct {
	Result *Result
	Error  string
}

// Main is that of the program that cellgen bench builds of a generated package and
// this one. It reads the Cell from standard input, writes its Machine on standard
// output, and then a Reply for every Request, until there are no more. It does not
// return.
func Main(build NewLayer) {
	if err := serve(build, gob.NewDecoder(os.Stdin), gob.NewEncoder(os.Stdout)); err != nil {
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
