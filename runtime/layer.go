package runtime

import (
	"errors"
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/initial"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// Layer is a cell with weights. Forward maps a sequence x [T][B][D] and an initial state
// to the outputs y [T][B][H] and the last state; Backward maps cotangents the other way.
// (Where the output of a cell has another width than H, so have y and dy; see Output.)
type Layer struct {
	core
	panels
	kept          kept
	gradientNames []string // of each home
}

// panels are the weights, or their gradients, in the layout that products read: an array for
// each home.
type panels struct {
	layout *layout
	arrays [][]float32
}

// NewLayer returns a layer of a cell with input width D = input and H = hidden units. The
// initial weights are drawn as the cell describes. The New of a generated package calls
// NewLayer with its cell.
//
// It is an error if a size is below 1 or an option out of range, if the weights would be
// too large to address, if a width of the cell is missing or not what the cell demands, if
// the cell breaks the contract of [kernel.Cell], or as
// [CheckEnvironment] says.
func NewLayer(cell kernel.Cell, input, hidden int, options ...Option) (*Layer, error) {
	if cell == nil {
		return nil, fmt.Errorf("runtime: NewLayer: %w cell", check.ErrNil)
	}
	l := new(Layer)
	var err error
	o, wrong := newOptions(options)
	l.core, err = newCore(cell, input, hidden, o)
	if err = errors.Join(err, wrong); err == nil {
		l.panels, err = l.newPanels()
	}
	if err != nil {
		return nil, l.wrap("NewLayer", err)
	}
	l.listTurns()
	l.array = func(home int) []float32 { return l.arrays[home] }
	for i, array := range l.arrays {
		l.exposed = append(l.exposed, check.Of(l.homeName(i), array))
		l.gradientNames = append(l.gradientNames, "gradients of "+l.homeName(i))
	}
	w, err := l.newInitial(initial.Random(o.seed), o.like)
	if err != nil {
		return nil, l.wrap("NewLayer", err)
	}
	if err := l.Import(w); err != nil {
		panic(err) // the shapes are the layer's own
	}
	return l, nil
}

// newPanels returns panels of zeros.
func (l *layout) newPanels() (p panels, err error) {
	p = panels{l, make([][]float32, len(l.homes))}
	var arrays []matrix.Allocation
	for i := range l.homes {
		arrays = append(arrays, matrix.Allocation{Array: &p.arrays[i], Sizes: l.homes[i].sizes()})
	}
	return p, matrix.Allocate(arrays)
}
