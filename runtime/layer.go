package runtime

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Layer is a cell with weights. Forward maps a sequence x [T][B][D] and an initial state
// to the outputs y [T][B][H] and the last state; Backward maps cotangents the other way.
type Layer struct {
	core
	panels
	kept kept
}

// panels are the weights, or their gradients, in the layout that products read.
type panels struct {
	layout *layout
	w      []float32 // [blocks][D][nx][16]
	u      []float32 // [blocks][H][nh][16]
	b      []float32 // [blocks][nb][16]
}

// NewLayer returns a layer of a cell with input width D = input and H = hidden units. The
// initial weights are drawn as the cell describes. The New of a generated package calls
// NewLayer with its cell.
//
// It is an error if a size is below 1 or an option out of range, if the weights would be
// too large to address, if the cell breaks the contract of [kernel.Cell], or as
// [CheckEnvironment] says.
func NewLayer(cell kernel.Cell, input, hidden int, options ...Option) (*Layer, error) {
	if cell == nil {
		return nil, fmt.Errorf("runtime: NewLayer: %w cell", check.ErrNil)
	}
	l := new(Layer)
	var err error
	l.core, err = newCore(cell, input, hidden)
	o, wrong := newOptions(options)
	if err = errors.Join(err, wrong); err == nil {
		l.workers = o.workers
		l.panels, err = l.newPanels()
	}
	if err != nil {
		return nil, l.wrap("NewLayer", err)
	}
	l.weights, l.bias = &l.panels, l.b
	for of, array := range l.arrays() {
		l.exposed = append(l.exposed, check.Of(names[of], array))
	}
	if err := l.Import(l.newInitial(initial.Random(o.seed))); err != nil {
		panic(err) // the shapes are the layer's own
	}
	return l, nil
}

// newPanels returns panels of zeros.
func (l *layout) newPanels() (p panels, err error) {
	p.layout = l
	err = matrix.Allocate([]matrix.Allocation{
		{Array: &p.w, Sizes: []int{l.blocks, l.input, l.x.width()}},
		{Array: &p.u, Sizes: []int{l.blocks, l.hidden, l.h.width()}},
		{Array: &p.b, Sizes: []int{l.blocks, l.one.width()}},
	})
	return p, err
}

func (p *panels) mulInput(tile, x matrix.Float, block int) {
	gemm.MulAdd(p.layout.x.columns(tile), x, panel(p.layout.x, p.w, block, p.layout.input))
}

func (p *panels) mulRecurrent(tile, h matrix.Float, block int) {
	gemm.MulAdd(p.layout.h.columns(tile), h, panel(p.layout.h, p.u, block, p.layout.hidden))
}
