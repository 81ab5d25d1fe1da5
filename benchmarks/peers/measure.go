package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/cellgen/cellgen/benchmarks/peers/wire"
)

// driver compares peers with cellgen, and times them.
type driver struct {
	steps, rounds int
	least         time.Duration
	peers         []peer
	files         string    // a folder for arrays
	log           io.Writer // for progress
}

// result is what was measured about an implementation in a case. Cellgen's own has no
// Ratios.
type result struct {
	wire.Case
	Name       string    `json:"name"`
	Difference float64   `json:"difference"`        // from cellgen's outputs
	Seconds    []float64 `json:"seconds,omitempty"` // of one run, round by round
	Ratios     []float64 `json:"ratios,omitempty"`  // to cellgen's seconds just before
	Error      string    `json:"error,omitempty"`   // why it was not timed
}

// measure starts workers with a number of threads, and takes them through all cases.
func (d *driver) measure(threads int, cases []wire.Case, r *report) error {
	us, err := start(ours, threads)
	if err != nil {
		return fmt.Errorf("starting cellgen: %w", err)
	}
	defer us.stop()
	r.version("cellgen", "backend "+us.version)
	var workers []*worker
	for _, p := range d.peers {
		fmt.Fprintf(d.log, "starting %s, threads: %d\n", p.name, threads)
		w, err := start(p, threads)
		if err != nil {
			r.absent(p.name, err)
			continue
		}
		defer w.stop()
		r.version(p.name, w.version)
		workers = append(workers, w)
	}
	for _, c := range cases {
		c.Threads = threads
		results, err := d.compare(c, us, workers)
		if err != nil {
			return fmt.Errorf("%v: %w", c, err)
		}
		r.Results = append(r.Results, results...)
	}
	return nil
}

// compare has workers compute a case, then times the workers that agree with cellgen.
func (d *driver) compare(c wire.Case, us *worker, workers []*worker) ([]result, error) {
	inputs := filepath.Join(d.files, "inputs")
	if err := wire.Write(inputs, c.Inputs(), values(c)); err != nil {
		return nil, err
	}
	want, err := d.outputs(c, us, inputs)
	if err != nil {
		return nil, fmt.Errorf("cellgen: %w", err)
	}
	results := []result{{Case: c, Name: us.name}}
	timed := []*worker{us}
	for _, w := range workers {
		if !slices.Contains(w.modes, c.Mode) {
			continue
		}
		fmt.Fprintf(d.log, "%v: %s\n", c, w.name)
		r := result{Case: c, Name: w.name}
		got, err := d.outputs(c, w, inputs)
		if err == nil {
			r.Difference, err = difference(c, got, want)
		}
		switch {
		case err != nil:
			r.Error = err.Error()
		case r.Difference > w.bound:
			r.Error = fmt.Sprintf("differs by %.1e, bound %.0e", r.Difference, w.bound)
		default:
			timed = append(timed, w)
		}
		results = append(results, r)
	}
	return results, d.alternate(timed, results)
}

// outputs sets a worker up for a case, and returns what it computes.
func (d *driver) outputs(c wire.Case, w *worker, inputs string) (map[string][]float32, error) {
	if _, err := w.do(wire.Request{Op: "setup", Case: &c, File: inputs}); err != nil {
		return nil, err
	}
	file := filepath.Join(d.files, "outputs")
	if _, err := w.do(wire.Request{Op: "outputs", File: file}); err != nil {
		return nil, err
	}
	return wire.Read(file)
}

// pause is for the threads of the process that ran last, which may spin for a while before
// they sleep. To forbid spinning would slow some peers down.
const pause = 20 * time.Millisecond

// alternate times cellgen before each of the others, round by round. A worker that fails is
// not timed again.
func (d *driver) alternate(workers []*worker, results []result) error {
	by := make(map[string]*result)
	for i := range results {
		by[results[i].Name] = &results[i]
	}
	runs := make([]int, len(workers))
	for i, w := range workers {
		t, err := w.time(1)
		if err != nil {
			if i == 0 {
				return err
			}
			by[w.name].Error = err.Error()
		}
		runs[i] = int(d.least.Seconds()/max(t, 1e-9)) + 1
	}
	us := by[workers[0].name]
	for range d.rounds {
		for i, w := range workers {
			r := by[w.name]
			if i == 0 && len(workers) > 1 || r.Error != "" {
				continue
			}
			own, err := workers[0].time(runs[0])
			if err != nil {
				return err
			}
			us.Seconds = append(us.Seconds, own)
			if i == 0 {
				continue // no peer is here
			}
			other, err := w.time(runs[i])
			if err != nil {
				r.Error = err.Error()
				continue
			}
			r.Seconds, r.Ratios = append(r.Seconds, other), append(r.Ratios, other/own)
		}
	}
	return nil
}

// time returns the seconds per run of n runs.
func (w *worker) time(n int) (float64, error) {
	time.Sleep(pause)
	reply, err := w.do(wire.Request{Op: "run", N: n})
	return reply.Seconds / float64(n), err
}

// values draws a case's inputs: weights so small that gradients neither vanish nor explode
// over the steps, everything else of moderate size.
func values(c wire.Case) map[string][]float32 {
	r := rand.New(rand.NewPCG(uint64(c.Batch), uint64(c.Hidden)))
	weight := 0.7 / math.Sqrt(float64(c.Hidden))
	scale := map[string]float64{"kernel": weight, "recurrent": weight, "x": 1, "h0": 0.5, "c0": 0.5, "dy": 1, "dc": 1}
	v := make(map[string][]float32)
	for _, a := range c.Inputs() {
		x := make([]float32, a.Len())
		for i := range x {
			x[i] = float32(scale[a.Name] * r.NormFloat64())
		}
		v[a.Name] = x
	}
	return v
}

// difference returns the largest relative difference, in the Euclidean norm, between an array
// of outputs and what it should be.
func difference(c wire.Case, got, want map[string][]float32) (greatest float64, err error) {
	for _, a := range c.Outputs() {
		g, w := got[a.Name], want[a.Name]
		if len(g) != a.Len() || len(w) != a.Len() {
			return 0, fmt.Errorf("output %s has %d values, want %d", a.Name, len(g), a.Len())
		}
		var miss, norm float64
		for i := range w {
			e := float64(g[i]) - float64(w[i])
			miss += e * e
			norm += float64(w[i]) * float64(w[i])
		}
		relative := math.Sqrt(miss / norm)
		if math.IsNaN(relative) || math.IsInf(relative, 0) {
			return 0, fmt.Errorf("output %s is not finite", a.Name)
		}
		greatest = max(greatest, relative)
	}
	return greatest, nil
}
