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
	// its outputs to File, "run", which runs it once to warm up, then N times, or "copy", which
	// copies memory once to warm up, then once more: reading and writing N bytes in all. Only
	// Serve answers the last.
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

// Case says what to compute: a cell over Steps steps, on Threads threads. Inputs are as wide as
// the layer.
type Case struct {
	Cell    string `json:"cell"`
	Mode    Mode   `json:"mode"`
	Steps   int    `json:"steps"`
	Batch   int    `json:"batch"`
	Hidden  int    `json:"hidden"`
	Threads int    `json:"threads"`
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
	case q.Op == "copy":
		reply.Seconds = copied(q.N)
		return nil
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

// copied times a copy of n/2 bytes, after one that does not count.
func copied(n int) float64 {
	from, to := make([]byte, n/2), make([]byte, n/2)
	for i := range from {
		from[i] = 1 // so that each page has its own memory
	}
	copy(to, from)
	start := time.Now()
	copy(to, from)
	return time.Since(start).Seconds()
}
