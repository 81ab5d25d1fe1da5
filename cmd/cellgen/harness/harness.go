// Package harness runs generated cells for cellgen check. The command builds a
// program of generated packages and this one, sends it inputs and compares what
// it answers with the interpreter.
package harness

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cellgen/cellgen/cmd/cellgen/harness/lifeline"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/runtime"
)

// New is a generated package's constructor.
type New = func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)

// Request asks for a run of one of the cells over a sequence, on a set of vectors or,
// for none, on each. All inputs are float32 numbers.
type Request struct {
	Cell, Vectors string
	interp.Inputs
}

// Reply has the outputs of a run on each set of vectors, and the backend that
// computed the products, or says why there are none.
type Reply struct {
	Variants       []Variant
	Backend, Error string
}

// Variant is the outputs that one set of vectors computed, or says why there are none.
type Variant struct {
	Vectors, Error string
	interp.Outputs
}

// Main answers requests from standard input, one after the other, on standard
// output, until there are no more. It does not return.
func Main(cells map[string]New) {
	in, out := gob.NewDecoder(lifeline.Stdin()), gob.NewEncoder(os.Stdout)
	for {
		var q Request
		err := in.Decode(&q)
		if errors.Is(err, io.EOF) {
			os.Exit(0)
		}
		var reply Reply
		if err == nil {
			reply = answer(cells, &q)
			err = out.Encode(reply)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "harness:", err)
			os.Exit(1)
		}
	}
}

func answer(cells map[string]New, q *Request) Reply {
	build := cells[q.Cell]
	if build == nil {
		return Reply{Error: fmt.Sprintf("no cell %q", q.Cell)}
	}
	reply := Reply{Backend: runtime.Backend()}
	sets := runtime.VectorSets()
	if q.Vectors != "" {
		sets = []string{q.Vectors}
	}
	for _, vectors := range sets {
		v := Variant{Vectors: vectors}
		err := runtime.UseVectors(vectors)
		if err == nil {
			var out *interp.Outputs
			if out, err = Run(build, &q.Inputs); err == nil {
				v.Outputs = *out
			}
		}
		if err != nil {
			v.Error = err.Error()
		}
		reply.Variants = append(reply.Variants, v)
	}
	return reply
}
