package runtime

import (
	"github.com/cellgen/cellgen/runtime/kernel"
)

// stage is a stage of the cell, with all that its kernels and products read and write.
type stage struct {
	kernel.Stage
	width // that of the class, beside what else the hot loops need
	*class
	index    int
	of       int       // place of its class
	products []*linear // in the order in which they are added
	whole    int       // how many of them, the first ones, multiply what is known for a whole chunk
	biases   []*linear
	columns  int // values per unit of a tile's cotangents: slots, then vectors

	prev, next, dprev []int // states
	yields            bool  // whether it writes the output
	alike             bool  // whether its kernels may take blocks as rows
	more              bool  // whether it reads or writes more than tiles, states and saved values
}

// hoisted reports whether a part of the tile is computed for all steps of a chunk.
func (s *stage) hoisted() bool { return s.whole > 0 }

// linear is the product of a value with the parameters that multiply it, or a bias.
type linear struct {
	side
	stage      *stage
	of         int // place of the value; -1 for a bias
	rows       int // its units; 1 for a bias
	stride     int // between rows of the value in a workspace, unless it is x
	index      int // among all products with values
	home       int // -1 if the parameters are at home elsewhere
	mirror     int // place among mirrors if they are
	transposed bool
}

// tied is a product whose parameters have their homes in other products. Its weights are
// copies.
type tied struct {
	*linear
	terms [][]term // for each slot
}

// term is a slot of a home, which is transposed where it is copied to if flipped.
type term struct {
	place
	flipped bool
}

// place is where the values of a parameter are.
type place struct{ home, slot int }

// home is a panel of weights: several matrices side by side, as a product reads them.
type home struct {
	width
	rows       int     // of a block
	sums       [][]int // for each slot, the parameters that are summed
	transposed bool    // whether rows are those of the matrices, and not their columns
	scalar     bool    // one number alone
}

// sizes returns the sizes of the panel.
func (h *home) sizes() []int {
	if h.scalar {
		return []int{1}
	}
	return []int{h.rows, len(h.sums), h.padded}
}

// at returns where the values of a row begin, in a block and a slot.
func (h *home) at(block, row, slot int) int {
	return ((block*h.rows+row)*len(h.sums) + slot) * kernel.Units
}
