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
	cell   *cell
	check  bool // compare all with the interpreter, and time none
	rounds int
	least  time.Duration
	peers  []peer
	files  string    // a folder for arrays
	log    io.Writer // for progress
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

	// Of cellgen, for a recurrence alone: the bytes that a run reads and writes at least, and
	// the seconds of copies that read and write as many, in the same process.
	Bytes  int       `json:"bytes,omitempty"`
	Copies []float64 `json:"copies,omitempty"`
}

// measure starts workers with a number of threads, and takes them through all cases.
func (d *driver) measure(threads int, cases []wire.Case, r *report) error {
	workers := d.start(threads, r)
	defer func() {
		for _, w := range workers {
			w.stop()
		}
	}()
	if len(workers) == 0 || workers[0].name != ours.name {
		return fmt.Errorf("starting cellgen: %s", r.Absent[ours.name])
	}
	for _, c := range cases {
		c.Threads = threads
		results, err := d.compare(c, workers)
		if err != nil {
			return fmt.Errorf("%v: %w", c, err)
		}
		r.Results = append(r.Results, results...)
	}
	return nil
}

// start starts cellgen's worker, and the workers of the peers that are installed.
func (d *driver) start(threads int, r *report) (workers []*worker) {
	for _, p := range append([]peer{ours}, d.peers...) {
		fmt.Fprintf(d.log, "starting %s, threads: %d\n", p.name, threads)
		w, err := start(p, threads)
		if err != nil {
			r.absent(p.name, err)
			continue
		}
		version := w.version
		if p.name == ours.name {
			version = "backend " + version
		}
		r.version(p.name, version)
		workers = append(workers, w)
	}
	return workers
}

// compare has workers compute a case, then times the workers that agree with the first of them,
// cellgen. To check is to compare cellgen too, with the interpreter, and to time none.
func (d *driver) compare(c wire.Case, workers []*worker) ([]result, error) {
	inputs := filepath.Join(d.files, "inputs")
	given := d.cell.values(c)
	if err := wire.Write(inputs, d.cell.given(c), given); err != nil {
		return nil, err
	}
	us := workers[0]
	want, err := d.outputs(c, us, inputs)
	if err != nil {
		return nil, fmt.Errorf("cellgen: %w", err)
	}
	results := []result{{Case: c, Name: us.name}}
	if d.check {
		got := want
		if want, err = d.cell.reference(c, given); err != nil {
			return nil, err
		}
		results[0].Difference, results[0].Error = d.differ(c, got, want, checkBound)
	}
	timed := []*worker{us}
	for _, w := range workers[1:] {
		if !slices.Contains(w.modes, c.Mode) {
			continue
		}
		fmt.Fprintf(d.log, "%v: %s\n", c, w.name)
		r := result{Case: c, Name: w.name}
		if got, err := d.outputs(c, w, inputs); err != nil {
			r.Error = err.Error()
		} else {
			r.Difference, r.Error = d.differ(c, got, want, w.bound)
		}
		if r.Error == "" {
			timed = append(timed, w)
		}
		results = append(results, r)
	}
	if d.check {
		return results, nil
	}
	return results, d.alternate(timed, results)
}

// checkBound bounds how far cellgen may be from the interpreter. Rounding alone gives 1e-6.
const checkBound = 1e-5

// differ returns the difference of outputs, and what is wrong with it, "" if nothing is.
func (d *driver) differ(c wire.Case, got, want map[string][]float32, bound float64) (float64, string) {
	difference, err := difference(d.cell.wanted(c), got, want)
	switch {
	case err != nil:
		return 0, err.Error()
	case difference > bound:
		return difference, fmt.Sprintf("differs by %.1e, bound %.0e", difference, bound)
	}
	return difference, ""
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
	us.Bytes = d.cell.traffic(us.Case)
	for range d.rounds {
		if us.Bytes > 0 {
			reply, err := workers[0].do(wire.Request{Op: "copy", N: us.Bytes})
			if err != nil {
				return err
			}
			us.Copies = append(us.Copies, reply.Seconds)
		}
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
func (s *cell) values(c wire.Case) map[string][]float32 {
	r := rand.New(rand.NewPCG(uint64(c.Batch), uint64(c.Hidden)))
	scale := make(map[string]float64) // 1 if not here
	for _, p := range s.parameters {
		scale[p.name] = 0.5
		if len(p.shape) == 2 {
			scale[p.name] = 0.7 / math.Sqrt(float64(c.Hidden))
		}
	}
	for _, name := range s.states {
		scale[name+"0"] = 0.5
	}
	v := make(map[string][]float32)
	for _, a := range s.given(c) {
		x, size := make([]float32, a.Len()), 1.0
		if z, ok := scale[a.Name]; ok {
			size = z
		}
		for i := range x {
			x[i] = float32(size * r.NormFloat64())
		}
		v[a.Name] = x
	}
	return v
}

// difference returns the largest relative difference, in the Euclidean norm, between an array
// of outputs and what it should be.
func difference(outputs []wire.Array, got, want map[string][]float32) (greatest float64, err error) {
	for _, a := range outputs {
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
