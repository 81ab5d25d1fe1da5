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

// panel returns one block's panel of values [blocks][rows][slots of the side][16].
func panel[V float32 | uint16](s side, values []V, block, rows int) matrix.Of[V] {
	size := rows * s.width()
	return matrix.New(values[block*size:(block+1)*size], rows, s.width())
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

// blocks returns the blocks of the group.
func (g group) blocks() (first, end int) {
	return g.first / kernel.Units, wholeBlocks(g.first+g.units) / kernel.Units
}

// wholeBlocks returns n, rounded up to whole blocks.
func wholeBlocks(n int) int { return (n + kernel.Units - 1) / kernel.Units * kernel.Units }

// layout is the shapes of a layer's arrays, derived from the cell's description.
type layout struct {
	kernel.Description
	input, hidden int
	padded        int // hidden, rounded up to whole blocks
	blocks        int
	slots, saved  int
	x, h, one     side   // the products with the input, the output, and 1
	output        int    // place of the state that is the output
	place         []int  // of each parameter among those of the same shape
	leaves        [3]int // number of parameters of each shape
}

// newLayout derives the layout of a cell, and checks the cell's description.
func newLayout(d kernel.Description, input, hidden int) (layout, error) {
	if err := check.Positive("input", input); err != nil {
		return layout{}, err
	}
	if err := check.Positive("hidden", hidden); err != nil {
		return layout{}, err
	}
	if _, err := check.Count(hidden, kernel.Units); err != nil {
		return layout{}, err
	}
	padded := wholeBlocks(hidden)
	l := layout{Description: d, input: input, hidden: hidden, padded: padded, blocks: padded / kernel.Units}
	if err := l.describe(); err != nil {
		return layout{}, fmt.Errorf("description: %w", err)
	}
	return l, nil
}
