package runtime

import (
	"fmt"

	"github.com/cellgen/cellgen/runtime/internal/check"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// side is the slots that one operand's product is added to.
type side struct {
	first int     // its first slot in the tile
	sums  [][]int // for each of its slots, the parameters that are summed
}

// width returns the number of the side's columns in a tile and in a panel.
func (s side) width() int { return len(s.sums) * kernel.Units }

// columns returns the side's part of a tile's rows.
func (s side) columns(tile matrix.Float) matrix.Float {
	return tile.Columns(s.first*kernel.Units, s.width())
}

// has reports whether the side writes to a slot.
func (s side) has(slot int) bool { return slot >= s.first && slot < s.first+len(s.sums) }

// panel returns one block's panel of values [blocks][rows][slots of the side][16].
func panel[V float32 | uint16](s side, values []V, block, rows int) matrix.Of[V] {
	return panelsOf(s, values, span{0, block, 1}, rows)
}

// panelsOf returns the panels of some blocks, one below the other.
func panelsOf[V float32 | uint16](s side, values []V, b span, rows int) matrix.Of[V] {
	size := rows * s.width()
	return matrix.New(values[b.first*size:(b.first+b.n)*size], b.n*rows, s.width())
}

// groupUnits is how many units a worker takes at a time, four blocks: enough for the widest
// register tile in products with transposed weights.
const groupUnits = 4 * kernel.Units

// group is a range of columns of states or inputs; the last group may be narrower.
type group struct{ first, units int }

// groups returns how many groups n units or inputs make.
func groups(n int) int { return (n + groupUnits - 1) / groupUnits }

// groupOf returns the i-th group of n units or inputs.
func groupOf(i, n int) group {
	first := i * groupUnits
	return group{first, min(groupUnits, n-first)}
}

// groupOf returns the units of some blocks.
func (w width) groupOf(b span) group {
	first := b.first * kernel.Units
	return group{first, min(b.n*kernel.Units, w.units-first)}
}

// blocks returns the blocks of the group.
func (g group) blocks() span {
	return span{0, g.first / kernel.Units, wholeBlocks(g.units) / kernel.Units}
}

// wholeBlocks returns n, rounded up to whole blocks.
func wholeBlocks(n int) int { return (n + kernel.Units - 1) / kernel.Units * kernel.Units }

// layout is the shapes of a layer's arrays, derived from the cell's description.
type layout struct {
	kernel.Description
	widths
	input, hidden int
	out           width  // of y
	outName       string // of its sizes: steps·batch·hidden
	output        int    // place of the state that is the output, -1 if it is none

	values     []value // what products multiply: x, the other inputs, the states, the operands
	classes    []*class
	stages     []*stage
	batched    []*stage // the stages that run for many steps at once
	stepped    []*stage // the others
	free       bool     // whether no block of these needs another block
	rowwise    bool     // and kernels of all stages may take blocks as rows
	mostBlocks int      // of a stage
	terms      float64  // of all products for a row
	products   int      // their number, without biases
	transposed []turn   // the parts of the phase that transposes

	homes   []home  // of all parameters
	mirrors []*tied // products whose parameters have their homes elsewhere
	place   []place // of each parameter
	token   [3]int  // the homes of the parameters if they are not named, by what they multiply, or -1
	leaves  [3]int  // the number of these parameters
	direct  []bool  // of each input, whether kernels may write its cotangents where they are wanted
	ordinal []int   // of each parameter, among those of its kind
	given   []bool  // of each parameter, whether an option says how it is drawn
}

// class is what all stages of one width share.
type class struct {
	width
	root           kernel.Dim
	index          int
	saved, carried int
	vectors        []int    // parameters
	panel          int      // the home of the vectors among them, -1 if there are none
	scalars        bool     // whether there are scalars among them
	stages         []*stage // in order
	inputs         []int    // with a cotangent
	batched        bool     // whether a stage is
}

// value is a vector that products multiply.
type value struct {
	width
	name   string
	scalar bool // one number a row, which nothing multiplies
	writer *stage
	kept   bool   // whether the cotangents of all steps are kept
	dprev  *stage // which writes the cotangent of s_{t−1}
	uses   []*linear
}

// whole reports whether a value is known for all steps of a chunk before stages that are
// not batched.
func (v *value) whole() bool { return v.writer == nil || v.writer.Batched }

// The places of values that are not x, which comes first.
func (l *layout) stateAt() int   { return 1 + len(l.Inputs) }
func (l *layout) operandAt() int { return l.stateAt() + len(l.States) }

// newLayout derives the layout of a cell, and checks the cell's description.
func newLayout(d kernel.Description, input, hidden int, given map[string]int) (layout, error) {
	if err := check.Positive("input", input); err != nil {
		return layout{}, err
	}
	if err := check.Positive("hidden", hidden); err != nil {
		return layout{}, err
	}
	for _, size := range []int{input, hidden} {
		if _, err := check.Count(size, kernel.Units); err != nil {
			return layout{}, err
		}
	}
	widths, err := newWidths(d.Dims, input, hidden, given)
	if err != nil {
		return layout{}, err
	}
	l := layout{Description: d, widths: widths, input: input, hidden: hidden}
	if err := l.describe(); err != nil {
		return layout{}, fmt.Errorf("description: %w", err)
	}
	return l, nil
}
