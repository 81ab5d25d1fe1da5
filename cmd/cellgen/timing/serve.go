package timing

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/gen/cell"
)

// Cell is what a spec says.
type Cell struct {
	Name, Package, Tokens string
	Bias                  bool
}

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
	spec, err := cell.NewSpec(c.Name, c.Tokens, c.Package)
	if err != nil {
		return err
	}
	spec.Bias = c.Bias
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
		if reply.Result, err = Compare(spec, build, q); err != nil {
			reply.Error = err.Error()
		}
		if err := out.Encode(reply); err != nil {
			return err
		}
	}
}
