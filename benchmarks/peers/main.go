// Command peers measures cellgen's NASCell against what a user would pick
// instead: PyTorch, JAX, TensorFlow Addons, ONNX Runtime and Gorgonia.
//
//	go run ./benchmarks/peers [-peers torch,jax,…] [-shapes 16x256,…] [-threads 1,2] [-rounds N] [-o DIR]
//
// It must be run in this module's root folder; make peers installs what it measures. A peer
// that is not installed is named and left out. Every implementation is a process of its own,
// which waits while another computes. In every case, all compute from the same weights, and
// those whose results differ are not timed. Then they take turns: cellgen, the first peer,
// cellgen, the second. A peer's time is divided by cellgen's just before it.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
)

func main() {
	worker := flag.String("worker", "", "be a worker, with weights of `type` float32 or float16; for the driver's own use")
	names := flag.String("peers", "", "`names` of peers, or their beginnings, separated by commas (default: all)")
	shapes := flag.String("shapes", "1x256,1x512,16x256,32x512,64x512,20x1024,32x64", "`shapes` BxH of sequences, batch rows by units, separated by commas")
	streams := flag.String("streams", "128,512", "`units` of single steps at B = 1, separated by commas")
	modes := flag.String("modes", "forward,forward+backward,step", "`modes` to measure, separated by commas")
	threads := flag.String("threads", "1,2", "numbers of `threads`, separated by commas")
	folder := flag.String("folder", "benchmarks/peers", "`folder` with the peers' programs")
	out := flag.String("o", "", "`folder` for the tables, plots and samples; made if missing")
	d := driver{}
	flag.IntVar(&d.steps, "steps", 35, "time `steps` of a sequence")
	flag.IntVar(&d.rounds, "rounds", 7, "`rounds` to take the median of")
	flag.DurationVar(&d.least, "time", 150*time.Millisecond, "least `duration` of one measurement")
	flag.Parse()
	err := func() error {
		if *worker != "" {
			return serveOurs(*worker)
		}
		cases, err := d.cases(*shapes, *streams, *modes)
		if err != nil {
			return err
		}
		counts, err := numbers(*threads)
		if err != nil {
			return err
		}
		d.peers, err = choose(*names, *folder)
		if err != nil {
			return err
		}
		return d.run(counts, cases, *out)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// cases returns the cases of every mode: sequences of all shapes, or single steps.
func (d *driver) cases(shapes, streams, modes string) (cases []wire.Case, err error) {
	if d.steps < 1 || d.rounds < 1 {
		return nil, fmt.Errorf("%d steps and %d rounds; want at least 1 of each", d.steps, d.rounds)
	}
	for mode := range strings.SplitSeq(modes, ",") {
		list := shapes
		switch m := wire.Mode(mode); {
		case m == wire.Step:
			list = "1x" + strings.ReplaceAll(streams, ",", ",1x")
		case m != wire.Forward && m != wire.Both:
			return nil, fmt.Errorf("unknown mode %q; want one of %s, %s, %s", mode, wire.Forward, wire.Both, wire.Step)
		}
		for shape := range strings.SplitSeq(list, ",") {
			batch, hidden, _ := strings.Cut(shape, "x")
			size, err := numbers(batch + "," + hidden)
			if err != nil {
				return nil, fmt.Errorf("invalid shape %q; want BxH, such as 16x256", shape)
			}
			cases = append(cases, wire.Case{Mode: wire.Mode(mode), Steps: d.steps, Batch: size[0], Hidden: size[1]})
		}
	}
	return cases, nil
}

// numbers reads positive integers, separated by commas.
func numbers(list string) (n []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		i, err := strconv.Atoi(text)
		if err != nil || i < 1 {
			return nil, fmt.Errorf("invalid list %q; want positive integers, separated by commas", list)
		}
		n = append(n, i)
	}
	return n, nil
}

// run measures everything and reports it.
func (d *driver) run(threads []int, cases []wire.Case, out string) error {
	files, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(files)
	d.files, d.log = files, os.Stderr
	report := &report{Machine: machine(), Rounds: d.rounds, Steps: d.steps}
	for _, n := range threads {
		if n > runtime.NumCPU() {
			fmt.Fprintf(os.Stderr, "threads: %d left out; this machine has %d cores\n", n, runtime.NumCPU())
			continue
		}
		if err := d.measure(n, cases, report); err != nil {
			return err
		}
		if err := report.save(out); err != nil { // everything takes an hour
			return err
		}
	}
	_, err = fmt.Print(report.markdown())
	return err
}
