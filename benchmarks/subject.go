package main

import (
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"time"

	"github.com/cellgen/cellgen/gen"
	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/generated/lstm"
	"github.com/cellgen/cellgen/generated/nascell"
	"github.com/cellgen/cellgen/generated/simplecell"
	"github.com/cellgen/cellgen/runtime"
)

var shipped = map[string]runtime.Kernel{
	"simplecell": simplecell.Kernel{}, "lstm": lstm.Kernel{}, "nascell": nascell.Kernel{},
}

// newLayers returns two layers of a shipped cell, whose spec is in a folder of
// that name below specs, with the same weights: one runs the generated kernel,
// one the interpreter.
func newLayers(specs, name string, s shape) (generated, interpreted *runtime.Layer, err error) {
	kernel := shipped[name]
	if kernel == nil {
		return nil, nil, fmt.Errorf("no shipped cell %q", name)
	}
	file := filepath.Join(specs, name, "spec.toml")
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the cell's spec: %w", err)
	}
	spec, err := cell.ReadSpec(file, src)
	if err != nil {
		return nil, nil, err
	}
	p := gen.Compile(spec, nil)
	nodes := interp.NewKernel(spec.Name, spec.Cell.Leaves(), spec.Bias, p.Forward, p.Backward, runtime.Functions())
	if generated, err = runtime.NewLayer(kernel, s.hidden, s.hidden); err != nil {
		return nil, nil, err
	}
	interpreted, err = runtime.NewLayer(nodes, s.hidden, s.hidden)
	return generated, interpreted, err
}

// direction is what is timed.
type direction string

const (
	forward direction = "forward"
	both    direction = "forward+backward"
)

// subject is a layer with all that a run over a sequence takes.
type subject struct {
	layer        *runtime.Layer
	ws           *runtime.Workspace
	s, ds        *runtime.State
	x, y, dy, dx []float32
	g            *runtime.Gradients
	steps        int
}

func newSubject(layer *runtime.Layer, s shape, steps int) (*subject, error) {
	ws, err := layer.NewWorkspace(steps, s.batch) // the runtime checks the sizes
	if err != nil {
		return nil, err
	}
	n := steps * s.batch * s.hidden
	j := &subject{layer: layer, ws: ws, steps: steps, g: layer.NewGradients()}
	j.x, j.y, j.dy, j.dx = make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range j.x {
		j.x[i] = float32(i%13)/8 - 0.75
		j.dy[i] = float32(i%7)/8 - 0.375
	}
	if j.s, err = layer.NewState(s.batch); err != nil {
		return nil, err
	}
	j.ds, err = layer.NewState(s.batch)
	return j, err
}

// run takes the sequence forward, and back if the direction says so. It panics
// on errors, which can only be mistakes here.
func (j *subject) run(d direction) {
	clear(j.s.H)
	clear(j.s.C)
	err := j.layer.Forward(j.ws, j.s, j.x, j.y)
	if err == nil && d == both {
		clear(j.ds.H)
		clear(j.ds.C)
		err = j.layer.Backward(j.ws, j.ds, j.dy, j.dx, j.g)
	}
	if err != nil {
		panic(err)
	}
}

// time returns the microseconds per step of n runs.
func (j *subject) time(d direction, n int) float64 {
	start := time.Now()
	for range n {
		j.run(d)
	}
	return float64(time.Since(start).Nanoseconds()) / 1e3 / float64(n*j.steps)
}

// calibrate returns how many runs take the duration, after one to warm up.
func (j *subject) calibrate(d direction, least time.Duration) int {
	j.run(d)
	return int(float64(least.Microseconds())/(j.time(d, 1)*float64(j.steps))) + 1
}

// allocations returns the heap objects that one run makes, the least of a few:
// others are the Go runtime's own.
func (j *subject) allocations(d direction) uint64 {
	least := ^uint64(0)
	var before, after goruntime.MemStats
	for range 3 {
		goruntime.ReadMemStats(&before)
		j.run(d)
		goruntime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return least
}
