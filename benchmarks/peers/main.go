// Command peers measures cellgen's cells against what a user would pick instead: PyTorch, JAX,
// ONNX Runtime and others.
//
//	go run ./benchmarks/peers [-cell NAME] [-peers torch,jax,…] [-shapes 16x256,…] [-threads 1,2] [-rounds N] [-o DIR]
//	go run ./benchmarks/peers -check [-cell NAME] [-peers torch,jax,…]
//
// It must be run in this module's root folder; make peers installs what it measures. A peer
// that is not installed is named and left out. Every implementation is a process of its own,
// which waits while another computes. In every case, all compute from the same weights, and
// those whose results differ are not timed. Then they take turns: cellgen, the first peer,
// cellgen, the second. A peer's time is divided by cellgen's just before it.
//
// With -check nothing is timed: all, cellgen included, are compared with the float64
// interpreter at a small size.
package main

import (
	"cmp"
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
	name := flag.String("cell", "nascell", "`name` of the cell: nascell, gru, lstm, enas, darts, sru or mingru")
	names := flag.String("peers", "", "`names` of peers, or their beginnings, separated by commas (default: all)")
	var r rows
	flag.StringVar(&r.shapes, "shapes", "", "`shapes` BxH of sequences, batch rows by units, separated by commas (default: the cell's)")
	flag.StringVar(&r.streams, "streams", "", "`units` of single steps at B = 1, separated by commas (default: the cell's)")
	flag.StringVar(&r.modes, "modes", "", "`modes` to measure, separated by commas (default: the cell's)")
	flag.StringVar(&r.threads, "threads", "", "numbers of `threads`, separated by commas (default: the cell's)")
	flag.IntVar(&r.steps, "steps", 0, "time `steps` of a sequence (default: the cell's)")
	folder := flag.String("folder", "benchmarks/peers", "`folder` with the peers' programs")
	out := flag.String("o", "", "`folder` for the tables, plots and samples; made if missing")
	d := driver{}
	flag.BoolVar(&d.check, "check", false, "compare with the interpreter, and time nothing")
	flag.IntVar(&d.rounds, "rounds", 7, "`rounds` to take the median of")
	flag.DurationVar(&d.least, "time", 150*time.Millisecond, "least `duration` of one measurement")
	flag.Parse()
	err := func() (err error) {
		if *worker != "" {
			return serveOurs(*worker)
		}
		if d.cell, err = cellNamed(*name); err != nil {
			return err
		}
		if d.peers, err = choose(*names, *folder, d.cell.name); err != nil {
			return err
		}
		return d.run(d.rows(r), *out)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// rows returns the chosen rows. What is not chosen is the cell's own, or small in a check.
func (d *driver) rows(r rows) rows {
	own := d.cell.rows
	if d.check {
		own.shapes, own.streams, own.threads, own.steps = "3x24", "24", "1", 5
	}
	return rows{
		cmp.Or(r.shapes, own.shapes), cmp.Or(r.streams, own.streams), cmp.Or(r.modes, own.modes),
		cmp.Or(r.threads, own.threads), cmp.Or(r.steps, own.steps),
	}
}

// cases returns the cases of every mode: sequences of all shapes, or single steps.
func (d *driver) cases(r rows) (cases []wire.Case, err error) {
	if r.steps < 1 || d.rounds < 1 {
		return nil, fmt.Errorf("%d steps and %d rounds; want at least 1 of each", r.steps, d.rounds)
	}
	for mode := range strings.SplitSeq(r.modes, ",") {
		list := r.shapes
		switch m := wire.Mode(mode); {
		case m == wire.Step:
			list = "1x" + strings.ReplaceAll(r.streams, ",", ",1x")
		case m != wire.Forward && m != wire.Both:
			return nil, fmt.Errorf("unknown mode %q; want one of %s, %s, %s", mode, wire.Forward, wire.Both, wire.Step)
		}
		for shape := range strings.SplitSeq(list, ",") {
			batch, hidden, _ := strings.Cut(shape, "x")
			size, err := numbers(batch + "," + hidden)
			if err != nil {
				return nil, fmt.Errorf("invalid shape %q; want BxH, such as 16x256", shape)
			}
			cases = append(cases, wire.Case{Cell: d.cell.name, Mode: wire.Mode(mode), Steps: r.steps, Batch: size[0], Hidden: size[1]})
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

// run measures everything and reports it, or checks everything.
func (d *driver) run(r rows, out string) error {
	cases, err := d.cases(r)
	if err != nil {
		return err
	}
	threads, err := numbers(r.threads)
	if err != nil {
		return err
	}
	files, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(files)
	d.files, d.log = files, os.Stderr
	report := &report{Cell: d.cell.name, Machine: machine(), Rounds: d.rounds, Steps: r.steps}
	for _, n := range threads {
		if n > runtime.NumCPU() {
			fmt.Fprintf(os.Stderr, "threads: %d left out; this machine has %d cores\n", n, runtime.NumCPU())
			continue
		}
		if err := d.measure(n, cases, report); err != nil {
			return err
		}
		if d.check {
			return report.differences(os.Stdout)
		}
		if err := report.save(out); err != nil { // everything takes an hour
			return err
		}
	}
	_, err = fmt.Print(report.markdown())
	return err
}
