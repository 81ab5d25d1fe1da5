// Package timing measures layers over sequences: time per step, arithmetic,
// memory and allocations, beside what the processor reaches in the same process.
// What is compared takes turns, so that a machine's moods meet all alike.
package timing

import (
	goruntime "runtime"

	"github.com/cellgen/cellgen/runtime"
)

// Direction is how far a sequence is taken.
type Direction string

// The directions: a sequence's outputs; and, after these, the gradients of all
// weights, inputs and initial states.
const (
	Forward Direction = "forward"
	Both    Direction = "forward+backward"
)

// Directions returns all of them.
func Directions() []Direction { return []Direction{Forward, Both} }

// Subject is a layer with all that a run over a sequence takes.
type Subject struct {
	Layer     *runtime.Layer
	Workspace *runtime.Workspace

	steps, batch int
	s, ds        *runtime.State
	x, y, dy, dx []float32
	g            *runtime.Gradients
}

// New returns a layer with a sequence of so many steps and batch rows. Sizes that
// are not positive, or too large for an array, are an error.
func New(layer *runtime.Layer, steps, batch int) (*Subject, error) {
	ws, err := layer.NewWorkspace(steps, batch) // checks the sizes
	if err != nil {
		return nil, err
	}
	rows := steps * batch
	j := &Subject{Layer: layer, Workspace: ws, steps: steps, batch: batch, g: layer.NewGradients()}
	j.x, j.dx = make([]float32, rows*layer.Input()), make([]float32, rows*layer.Input())
	j.y, j.dy = make([]float32, rows*layer.Hidden()), make([]float32, rows*layer.Hidden())
	for i := range j.x {
		j.x[i] = float32(i%13)/8 - 0.75
	}
	for i := range j.dy {
		j.dy[i] = float32(i%7)/8 - 0.375
	}
	if j.s, err = layer.NewState(batch); err != nil {
		return nil, err
	}
	j.ds, err = layer.NewState(batch)
	return j, err
}

// Run takes the sequence forward from a zero state, and back if the direction
// says so. It panics on errors, which can only be mistakes here.
func (j *Subject) Run(d Direction) {
	j.s.Zero()
	err := j.Layer.Forward(j.Workspace, j.s, j.x, j.y)
	if err == nil && d == Both {
		j.ds.Zero()
		err = j.Layer.Backward(j.Workspace, j.ds, j.dy, j.dx, j.g)
	}
	if err != nil {
		panic(err)
	}
}

// Flops returns the floating-point operations of the products of a step, all
// batch rows together. Backward has twice those of forward: the cotangents of what
// was multiplied, and of the weights.
func (j *Subject) Flops(d Direction) float64 {
	n := 2 * float64(j.Layer.Parameters()*j.batch)
	if d == Both {
		n *= 3
	}
	return n
}

// Saved returns the bytes that a step keeps for the backward pass.
func (j *Subject) Saved() int {
	return 4 * j.batch * j.Layer.Kernel().Saved() * j.blocks()
}

// blocks returns H, rounded up to whole blocks.
func (j *Subject) blocks() int {
	return (j.Layer.Hidden() + runtime.BlockUnits - 1) / runtime.BlockUnits * runtime.BlockUnits
}

// Bytes returns the memory that a step touches at least, in bytes: the weights,
// inputs and outputs, c, and the saved values; backward the weights and all these
// again, their cotangents and those of the slots, and a step's share of the weights'
// gradients. Products that take several steps at once touch less.
func (j *Subject) Bytes(d Direction) float64 {
	input, _ := j.Layer.Kernel().Slots()
	weights, units := float64(j.Layer.Parameters()), float64(j.batch*j.blocks())
	inputs := float64(j.batch * j.Layer.Input())
	saved, slots := float64(j.Layer.Kernel().Saved()), float64(len(input))
	values := weights + inputs + units*(2+saved)
	if d == Both {
		values += weights + inputs + units*(2+saved+2*slots) + 2*weights/float64(j.steps)
	}
	return 4 * values
}

// Allocations returns the heap objects that one run makes, the least of a few:
// others are the Go runtime's own.
func (j *Subject) Allocations(d Direction) uint64 {
	least := ^uint64(0)
	var before, after goruntime.MemStats
	for range 3 {
		goruntime.ReadMemStats(&before)
		j.Run(d)
		goruntime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return least
}
