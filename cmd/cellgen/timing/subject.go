// Package timing measures layers over sequences: time per step, arithmetic, memory and
// allocations, beside what the processor reaches in the same process. What is compared takes
// turns, so that changes in the machine's speed affect all alike.
package timing

import (
	goruntime "runtime"

	"github.com/cellgen/cellgen/runtime"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Direction says whether a sequence is only run forward, or backward too.
type Direction string

// Forward computes a sequence's outputs; Both computes these, then the gradients of all
// weights, inputs and initial states.
const (
	Forward Direction = "forward"
	Both    Direction = "forward+backward"
)

// Directions returns all directions.
func Directions() []Direction { return []Direction{Forward, Both} }

// Subject is a layer with everything that a run over a sequence takes.
type Subject struct {
	Layer     *runtime.Layer
	Workspace *runtime.Workspace

	steps, batch int
	cell         kernel.Description
	widths       map[string]int // further widths of the cell
	s, ds        *runtime.State
	x, y, dy, dx []float32
	params       runtime.Params
}

// New returns a subject: the layer, and a sequence of the given steps and batch rows. Sizes
// that are not positive, or too large for an array, are an error.
func New(layer *runtime.Layer, steps, batch int) (*Subject, error) {
	return NewWith(layer, nil, steps, batch)
}

// NewWith is New for a layer whose cell has further widths, by their names.
func NewWith(layer *runtime.Layer, widths map[string]int, steps, batch int) (*Subject, error) {
	ws, err := layer.NewWorkspace(steps, batch) // checks the sizes
	if err != nil {
		return nil, err
	}
	rows := steps * batch
	j := &Subject{
		Layer: layer, Workspace: ws, steps: steps, batch: batch, params: layer.Params("layer").WithGradients(),
		cell: layer.Cell().Describe(), widths: widths,
	}
	j.x, j.dx = make([]float32, rows*layer.Input()), make([]float32, rows*layer.Input())
	j.y, j.dy = make([]float32, rows*layer.Output()), make([]float32, rows*layer.Output())
	for i := range j.x {
		j.x[i] = float32(i%13)/8 - 0.75
	}
	for i := range j.dy {
		j.dy[i] = float32(i%7)/8 - 0.375
	}
	for _, in := range j.cell.Inputs {
		for i := range ws.Input(in.Name) {
			ws.Input(in.Name)[i] = float32(i%5+1) / 8
		}
	}
	if j.s, err = layer.NewState(batch); err != nil {
		return nil, err
	}
	j.ds, err = layer.NewState(batch)
	return j, err
}

// Run takes the sequence forward from its first state, and back if the direction says so. It
// panics on errors, which can only be mistakes in this package.
func (j *Subject) Run(d Direction) {
	j.s.Reset()
	err := j.Layer.Forward(j.Workspace, j.s, j.x, j.y)
	if err == nil && d == Both {
		j.ds.Zero()
		err = j.Layer.Backward(j.Workspace, j.ds, j.dy, j.dx, j.params)
	}
	if err != nil {
		panic(err)
	}
}

// Flops returns the floating-point operations of the products per step, for all batch rows
// together. Backward has twice as many as forward: for the cotangents of the operands, and of
// the weights.
func (j *Subject) Flops(d Direction) float64 {
	n := 2 * j.multiplications() * float64(j.batch)
	if d == Both {
		n *= 3
	}
	return n
}

// multiplications returns how many there are in the products of a step of one row. Every
// parameter of a cell of leaves takes one.
func (j *Subject) multiplications() float64 {
	if !j.cell.Named {
		return float64(j.Layer.Parameters())
	}
	n := 0.0
	for _, s := range j.cell.Stages {
		for _, p := range s.Products {
			n += float64(len(p.Sums)) * j.units(s.Width) * j.operand(p.Operand)
		}
	}
	return n
}

// Saved returns the bytes that a step saves for backward.
func (j *Subject) Saved() int64 {
	return 4 * int64(j.batch) * int64(j.saved())
}

// saved returns the values that a step of one row saves. Stages of one width share them.
func (j *Subject) saved() (n float64) {
	seen := make(map[kernel.Dim]bool)
	for _, s := range j.cell.Stages {
		if !seen[s.Width] {
			n += float64(s.Saved) * j.padded(s.Width)
		}
		seen[s.Width] = true
	}
	for _, o := range j.cell.Operands {
		n += j.padded(o.Width)
	}
	return n
}

// Bytes returns the least memory, in bytes, that a step touches: forward the weights, inputs,
// outputs, states and saved values; backward all of these again, the cotangents of inputs,
// outputs, states and slots, and a step's share of the weights' gradients. Products that take
// several steps at once touch less.
func (j *Subject) Bytes(d Direction) float64 {
	weights, rows := float64(j.Layer.Parameters()), float64(j.batch)
	inputs, states, slots := j.units(kernel.Input), 0.0, 0.0
	for _, i := range j.cell.Inputs {
		inputs += j.units(i.Width)
	}
	for _, s := range j.cell.States {
		states += j.padded(s.Width)
	}
	if j.cell.Output != "" {
		states += j.padded(j.cell.Output)
	}
	for _, s := range j.cell.Stages {
		slots += float64(s.Slots) * j.padded(s.Width)
	}
	values := weights + rows*(inputs+states+j.saved())
	if d == Both {
		values += weights + rows*(inputs+states+j.saved()+2*slots) + 2*weights/float64(j.steps)
	}
	return 4 * values
}

// Allocations returns the heap objects that one run allocates: the least of a few runs, as the
// Go runtime allocates objects of its own.
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
