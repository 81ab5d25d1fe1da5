// Package wire is what the driver of benchmarks/peers and its workers say to each
// other: JSON, a line a message, over a worker's standard input and output. Arrays
// travel in files (see arrays.go). protocol.py is the same in Python.
//
// A worker opens with a Reply that names its version, or with an Error if what it
// stands for is not installed. Then it answers every Request with one Reply, until
// its input ends.
package wire

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Request asks a worker for one of three things.
type Request struct {
	// Op is "setup", which makes the worker ready to run a case, "outputs", which
	// runs it once and writes what it computed to File, or "run", which runs it
	// once to warm up, then N times.
	Op string `json:"op"`

	// Case and, in File, its inputs are for setup.
	*Case
	File string `json:"file,omitempty"`
	N    int    `json:"n,omitempty"`
}

// Reply answers a Request. Seconds are what the N runs took together.
type Reply struct {
	Version string  `json:"version,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// Case is what is computed: NASCell over Steps steps, on Threads threads. Inputs
// are as wide as the layer.
type Case struct {
	Mode    Mode `json:"mode"`
	Steps   int  `json:"steps"`
	Batch   int  `json:"batch"`
	Hidden  int  `json:"hidden"`
	Threads int  `json:"threads"`
}

// Mode is what one run of a case is.
type Mode string

const (
	Forward Mode = "forward"          // a whole sequence
	Both    Mode = "forward+backward" // and all its gradients
	Step    Mode = "step"             // one step, which continues from the last
)

func (c Case) String() string {
	return fmt.Sprintf("%s B=%d H=%d, threads: %d", c.Mode, c.Batch, c.Hidden, c.Threads)
}

// Inputs names and shapes the arrays of a case's file.
func (c Case) Inputs() []Array {
	d, t, b := c.Hidden, c.Steps, c.Batch
	return []Array{
		{Name: "kernel", Shape: []int{d, 8 * d}},
		{Name: "recurrent", Shape: []int{d, 8 * d}},
		{Name: "x", Shape: []int{t, b, d}},
		{Name: "h0", Shape: []int{b, d}},
		{Name: "c0", Shape: []int{b, d}},
		{Name: "dy", Shape: []int{t, b, d}}, // cotangents of every h_t
		{Name: "dc", Shape: []int{b, d}},    // and of the last c
	}
}

// Outputs names and shapes what a worker writes. Of Step, they are those of Steps
// steps, one after the other.
func (c Case) Outputs() []Array {
	d, t, b := c.Hidden, c.Steps, c.Batch
	outputs := []Array{{Name: "y", Shape: []int{t, b, d}}, {Name: "c", Shape: []int{b, d}}}
	if c.Mode == Both {
		outputs = append(outputs,
			Array{Name: "dx", Shape: []int{t, b, d}},
			Array{Name: "dh0", Shape: []int{b, d}},
			Array{Name: "dc0", Shape: []int{b, d}},
			Array{Name: "dkernel", Shape: []int{d, 8 * d}},
			Array{Name: "drecurrent", Shape: []int{d, 8 * d}})
	}
	return outputs
}

// Runner is a case made ready: Run computes it once, and Outputs as well but
// returns what it computed.
type Runner interface {
	Run() error
	Outputs() (map[string][]float32, error)
}

// Serve is a worker: it answers requests with what setup returns.
func Serve(r io.Reader, w io.Writer, version string, setup func(Case, map[string][]float32) (Runner, error)) error {
	var runner Runner
	in, out := json.NewDecoder(bufio.NewReader(r)), json.NewEncoder(w)
	if err := out.Encode(Reply{Version: version}); err != nil {
		return err
	}
	for {
		var request Request
		if err := in.Decode(&request); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var reply Reply
		if err := answer(request, &runner, &reply, setup); err != nil {
			reply.Error = err.Error()
		}
		if err := out.Encode(reply); err != nil {
			return err
		}
	}
}

func answer(q Request, runner *Runner, reply *Reply, setup func(Case, map[string][]float32) (Runner, error)) error {
	switch {
	case q.Op == "setup" && q.Case != nil:
		*runner = nil // its memory is free before the next is made
		inputs, err := Read(q.File)
		if err == nil {
			*runner, err = setup(*q.Case, inputs)
		}
		return err
	case *runner == nil:
		return fmt.Errorf("%q before setup", q.Op)
	case q.Op == "outputs":
		outputs, err := (*runner).Outputs()
		if err != nil {
			return err
		}
		return writeMap(q.File, outputs)
	case q.Op == "run":
		return timed(*runner, q.N, &reply.Seconds)
	}
	return fmt.Errorf("unknown request %q", q.Op)
}

// timed runs once more than it counts: another process had the caches before.
func timed(r Runner, n int, seconds *float64) error {
	if err := r.Run(); err != nil {
		return err
	}
	start := time.Now()
	for range n {
		if err := r.Run(); err != nil {
			return err
		}
	}
	*seconds = time.Since(start).Seconds()
	return nil
}
