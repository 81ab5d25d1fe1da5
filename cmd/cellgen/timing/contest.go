package timing

import (
	"time"

	interpretedcell "github.com/cellgen/cellgen/cmd/cellgen/interpreted"
	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// NewLayer is a generated package's constructor.
type NewLayer = func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)

// Request asks for a comparison at one shape, with D = H.
type Request struct {
	Steps, Batch, Hidden int
	Widths               map[string]int // further widths of the cell
	Direction            Direction
	Workers              int           // of a layer; see runtime.Workers
	Rounds               int           // at least 1
	Least                time.Duration // of a contestant's turn in a round
}

// Result compares a generated cell with the interpreted one. They share weights, inputs and
// products, and differ in the kernel.
type Result struct {
	Generated, Interpreted Figures
	Peak                   float64 // GFLOP/s of one core, just before
}

// Figures are what was measured about one contestant, per step of all batch rows.
type Figures struct {
	Seconds      []float64 // one per round
	Flops, Bytes float64   // see Subject
	Saved        int64     // bytes saved for backward
	Allocations  uint64    // per run over a sequence
}

// Layers returns two layers of a cell with the same weights and D = H: one runs the
// generated kernel, one the interpreter.
func Layers(source gen.Source, build NewLayer, hidden int, options ...runtime.Option) (generated, interpreted *runtime.Layer, err error) {
	if generated, err = build(hidden, hidden, options...); err != nil {
		return nil, nil, err
	}
	nodes := interpretedcell.New(gen.Compile(source, nil), kernel.Functions())
	interpreted, err = runtime.NewLayer(nodes, hidden, hidden, options...)
	return generated, interpreted, err
}

// Compare times the generated and the interpreted cell in turns.
func Compare(source gen.Source, build NewLayer, q Request) (*Result, error) {
	options := []runtime.Option{runtime.Workers(q.Workers)}
	for name, units := range q.Widths {
		options = append(options, runtime.Width(name, units))
	}
	generated, interpreted, err := Layers(source, build, q.Hidden, options...)
	if err != nil {
		return nil, err
	}
	g, err := NewWith(generated, q.Widths, q.Steps, q.Batch)
	if err != nil {
		return nil, err
	}
	i, err := NewWith(interpreted, q.Widths, q.Steps, q.Batch)
	if err != nil {
		return nil, err
	}
	r := &Result{Peak: Peak()}
	times := Alternate(q.Rounds, q.Least, func() { g.Run(q.Direction) }, func() { i.Run(q.Direction) })
	r.Generated, r.Interpreted = g.figures(q.Direction, times[0]), i.figures(q.Direction, times[1])
	return r, nil
}

// figures returns the subject's figures. It converts seconds per run to seconds per step, in
// place.
func (j *Subject) figures(d Direction, seconds []float64) Figures {
	for i := range seconds {
		seconds[i] /= float64(j.steps)
	}
	return Figures{Seconds: seconds, Flops: j.Flops(d), Bytes: j.Bytes(d), Saved: j.Saved(), Allocations: j.Allocations(d)}
}
