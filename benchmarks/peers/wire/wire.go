// Package wire is the protocol between the driver of benchmarks/peers and its workers: JSON,
// one message per line, over a worker's standard input and output. Arrays are passed in files
// (see arrays.go). protocol.py is the same in Python.
//
// A worker first sends a Reply with its version, or with an Error if its framework is not
// installed. Then it answers every Request with one Reply, until its input ends.
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
	// Op is "setup", which prepares a case, "outputs", which runs the case once and writes
	// its outputs to File, or "run", which runs it once to warm up, then N times.
	Op string `json:"op"`

	// Case is the case to set up, with its inputs in File.
	*Case
	File string `json:"file,omitempty"`
	N    int    `json:"n,omitempty"`
}

// Reply answers a Request. Seconds is the time of all N runs together.
type Reply struct {
	Version string  `json:"version,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	Error   string  `json:"error,omitempty"`
}

// Case says what to compute: NASCell over Steps steps, on Threads threads. Inputs are as wide
// as the layer.
type Case struct {
	Mode    Mode `json:"mode"`
	Steps   int  `json:"steps"`
	Batch   int  `json:"batch"`
	Hidden  int  `json:"hidden"`
	Threads int  `json:"threads"`
}

// Mode says what one run of a case computes.
type Mode string

const (
	Forward Mode = "forward"          // a whole sequence
	Both    Mode = "forward+backward" // and all its gradients
	Step    Mode = "step"             // one step, from the state of the last
)

func (c Case) String() string {
	return fmt.Sprintf("%s B=%d H=%d, threads: %d", c.Mode, c.Batch, c.Hidden, c.Threads)
}

// Inputs returns the names and shapes of a case's inputs.
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

// Outputs returns the names and shapes of the outputs that a worker writes. For Step, these
// are the outputs of Steps steps, one after the other.
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

// Runner is a case that is set up. Run computes it once; Outputs does so too, and returns what
// it computes.
type Runner interface {
	Run() error
	Outputs() (map[string][]float32, error)
}

// Serve is a worker: it answers requests with the runners that setup returns, until its input
// ends.
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

// timed times n runs, after one that does not count: another process has had the caches.
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
