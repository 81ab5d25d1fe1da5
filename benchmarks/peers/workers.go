package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
)

// peer is an implementation, and the command that starts its worker.
type peer struct {
	cells   string // that it is measured with, with spaces between
	name    string
	modes   []wire.Mode
	bound   float64 // on how far it may be from what cellgen computes; see difference
	command []string
}

var (
	all       = []wire.Mode{wire.Forward, wire.Both, wire.Step}
	sequences = all[:2]
	forward   = all[:1]
	inference = []wire.Mode{wire.Forward, wire.Step}
)

// ours is cellgen: this program is its own worker.
var ours = peer{cells: everything, name: "cellgen", modes: all, command: []string{self(), "-worker=float32"}}

func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// The cells of peers.
const (
	layered    = "gru lstm"   // that frameworks have as layers or operators
	searched   = "enas darts" // that are custom everywhere
	recurrence = "sru mingru" // without products
	everything = "nascell " + layered + " " + searched + " " + recurrence
)

// choose returns a cell's peers whose names begin with one of the list's words.
func choose(list, folder, cell string) (chosen []peer, err error) {
	python := func(env, program string, args ...string) []string {
		return append([]string{filepath.Join(folder, ".venv", env, "bin", "python"), filepath.Join(folder, program)}, args...)
	}
	peers := []peer{
		{"nascell", "cellgen-float16", []wire.Mode{wire.Step}, 5e-3, []string{self(), "-worker=float16"}},
		{"nascell", "torch-eager", all, 1e-4, python("main", "peer_torch.py", "eager")},
		{"nascell", "torch-script", all, 1e-4, python("main", "peer_torch.py", "script")},
		{"nascell", "torch-compile", all, 1e-4, python("main", "peer_torch.py", "compile")},
		{"nascell", "torch-compile-whole", sequences, 1e-4, python("main", "peer_torch.py", "whole")},
		{"nascell", "torch-function", sequences, 1e-4, python("main", "peer_torch.py", "function")},
		{"nascell", "jax", all, 1e-4, python("main", "peer_jax.py", "1")},
		{"nascell", "jax-unroll5", sequences, 1e-4, python("main", "peer_jax.py", "5")},
		{"nascell", "jax-unroll35", sequences, 1e-4, python("main", "peer_jax.py", "35")},
		{"nascell", "tensorflow", all, 1e-4, python("tensorflow", "peer_tensorflow.py", "function")},
		{"nascell", "tensorflow-xla", all, 1e-4, python("tensorflow", "peer_tensorflow.py", "xla")},
		{"nascell", "onnxruntime-scan", forward, 1e-4, python("main", "peer_onnxruntime.py", "scan")},
		{"nascell", "onnxruntime-unrolled", inference, 1e-4, python("main", "peer_onnxruntime.py", "unrolled")},
		{"nascell", "gorgonia", sequences, 1e-4, []string{filepath.Join(folder, ".venv", "gorgonia")}},
		{layered, "torch-nn", sequences, 1e-4, python("main", "peer_torch_nn.py", "eager")},
		{"gru", "torch-compile", sequences, 1e-4, python("main", "peer_torch_nn.py", "compile")},
		{searched + " " + recurrence, "torch-script", sequences, 1e-4, python("main", "peer_torch_cells.py", "script")},
		{recurrence, "torch-script-plain", sequences, 1e-4, python("main", "peer_torch_cells.py", "plain")},
		{searched, "torch-compile", sequences, 1e-4, python("main", "peer_torch_cells.py", "compile")},
		{layered + " " + searched + " " + recurrence, "jax", sequences, 1e-4, python("main", "peer_jax_cells.py", "1")},
		{layered + " " + searched + " " + recurrence, "jax-unroll5", sequences, 1e-4, python("main", "peer_jax_cells.py", "5")},
		{layered, "onnxruntime", forward, 1e-4, python("main", "peer_onnxruntime_cells.py", "operator")},
		{searched, "onnxruntime-scan", forward, 1e-4, python("main", "peer_onnxruntime_cells.py", "scan")},
		{searched, "onnxruntime-unrolled", forward, 1e-4, python("main", "peer_onnxruntime_cells.py", "unrolled")},
		{layered, "openvino", forward, 1e-4, python("main", "peer_openvino.py", "operator")},
		{searched, "openvino-unrolled", forward, 1e-4, python("main", "peer_openvino.py", "unrolled")},
	}
	peers = slices.DeleteFunc(peers, func(p peer) bool { return !slices.Contains(strings.Fields(p.cells), cell) })
	for prefix := range strings.SplitSeq(list, ",") {
		begins := func(p peer) bool { return strings.HasPrefix(p.name, prefix) }
		if !slices.ContainsFunc(peers, begins) {
			return nil, fmt.Errorf("unknown peer %q; want one of %s", prefix, strings.Join(namesOf(peers), ", "))
		}
		for _, p := range peers {
			if begins(p) && !slices.ContainsFunc(chosen, func(c peer) bool { return c.name == p.name }) {
				chosen = append(chosen, p)
			}
		}
	}
	return chosen, nil
}

func namesOf(peers []peer) (names []string) {
	for _, p := range peers {
		names = append(names, p.name)
	}
	return names
}

// worker is a running peer, which waits for requests.
type worker struct {
	peer
	version string
	command *exec.Cmd
	in      io.Closer
	ask     *json.Encoder
	answers *json.Decoder
	said    *tail
}

// patience is how long a worker may take to answer: torch.compile can take a minute.
const patience = 15 * time.Minute

// start starts a peer's worker with a number of threads, pinned to as many cores if taskset is
// installed: not every framework can be told its number of threads.
func start(p peer, threads int) (*worker, error) {
	if _, err := exec.LookPath(p.command[0]); err != nil {
		return nil, fmt.Errorf("not installed")
	}
	command := p.command
	if taskset, err := exec.LookPath("taskset"); err == nil {
		command = append([]string{taskset, "-c", fmt.Sprintf("0-%d", threads-1)}, command...)
	}
	w := &worker{peer: p, command: exec.Command(command[0], command[1:]...), said: &tail{}}
	w.command.Env = environment(threads)
	w.command.Stderr = w.said
	in, err := w.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := w.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.command.Start(); err != nil {
		return nil, err
	}
	w.in, w.ask, w.answers = in, json.NewEncoder(in), json.NewDecoder(out)
	hello, err := w.reply()
	if err != nil {
		w.stop()
		return nil, err
	}
	w.version = hello.Version
	return w, nil
}

// environment returns this process's environment, except for the numbers of threads and for
// variables that would make a peer's OpenBLAS take this processor for another.
func environment(threads int) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OPENBLAS_") })
	for _, name := range []string{"GOMAXPROCS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"} {
		env = append(env, name+"="+strconv.Itoa(threads))
	}
	return env
}

// do sends a request and returns the answer.
func (w *worker) do(q wire.Request) (wire.Reply, error) {
	if err := w.ask.Encode(q); err != nil {
		return wire.Reply{}, fmt.Errorf("%w: %s", err, w.said)
	}
	return w.reply()
}

func (w *worker) reply() (reply wire.Reply, err error) {
	late := time.AfterFunc(patience, func() { w.command.Process.Kill() })
	defer late.Stop()
	if err := w.answers.Decode(&reply); err != nil {
		w.command.Process.Kill()
		w.command.Wait() // until all that it said is here
		return reply, fmt.Errorf("no answer (%w): %s", err, w.said)
	}
	if reply.Error != "" {
		return reply, fmt.Errorf("%s", reply.Error)
	}
	return reply, nil
}

// stop ends a worker, by ending its input.
func (w *worker) stop() {
	w.in.Close()
	w.command.Wait()
}

// tail keeps the end of what a worker writes to standard error.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-1000):]
	return len(p), nil
}

// String returns the last line.
func (t *tail) String() string {
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return lines[len(lines)-1]
}
