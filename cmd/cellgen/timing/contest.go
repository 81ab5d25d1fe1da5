package timing

import (
	"time"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/runtime"
)

// NewLayer is a generated package's constructor.
type NewLayer = func(input, hidden int, options ...runtime.Option) (*runtime.Layer, error)

// Request asks for a comparison at a shape, D being H.
type Request struct {
	Steps, Batch, Hidden int
	Direction            Direction
	Workers              int           // of a layer, as runtime.Workers has it
	Rounds               int           // at least 1
	Least                time.Duration // of a contestant's part of a round
}

// Result is a comparison of a generated cell with the interpreted one: the same
// weights, inputs and products, and two kernels.
type Result struct {
	Generated, Interpreted Figures
	Peak                   float64 // GFLOP/s of one core, just before
}

// Figures are those of one contestant, per step of all batch rows.
type Figures struct {
	Seconds      []float64 // one a round
	Flops, Bytes float64   // see Subject
	Saved        int       // bytes kept for backward
	Allocations  uint64    // of a whole run
}

// Layers returns two layers of a cell with the same weights, D being H: one runs
// the generated kernel, one the interpreter.
func Layers(source gen.Source, build NewLayer, hidden int, options ...runtime.Option) (generated, interpreted *runtime.Layer, err error) {
	if generated, err = build(hidden, hidden, options...); err != nil {
		return nil, nil, err
	}
	p := gen.Compile(source, nil)
	nodes := interp.NewKernel(p.Name, gen.Leaves(p.Forward), p.Bias, p.Forward, p.Backward, runtime.Functions())
	interpreted, err = runtime.NewLayer(nodes, hidden, hidden, options...)
	return generated, interpreted, err
}

// Compare has the generated and the interpreted cell take turns.
func Compare(source gen.Source, build NewLayer, q Request) (*Result, error) {
	generated, interpreted, err := Layers(source, build, q.Hidden, runtime.Workers(q.Workers))
	if err != nil {
		return nil, err
	}
	g, err := New(generated, q.Steps, q.Batch)
	if err != nil {
		return nil, err
	}
	i, err := New(interpreted, q.Steps, q.Batch)
	if err != nil {
		return nil, err
	}
	r := &Result{Peak: Peak()}
	times := Alternate(q.Rounds, q.Least, func() { g.Run(q.Direction) }, func() { i.Run(q.Direction) })
	r.Generated, r.Interpreted = g.figures(q.Direction, times[0]), i.figures(q.Direction, times[1])
	return r, nil
}

// figures makes seconds of runs those of steps, in place.
func (j *Subject) figures(d Direction, seconds []float64) Figures {
	for i := range seconds {
		seconds[i] /= float64(j.steps)
	}
	return Figures{Seconds: seconds, Flops: j.Flops(d), Bytes: j.Bytes(d), Saved: j.Saved(), Allocations: j.Allocations(d)}
}
