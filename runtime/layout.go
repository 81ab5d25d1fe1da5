package runtime

import "fmt"

// side is the slots that one of the two products writes.
type side struct {
	first  int     // its first slot in the tile
	leaves [][]int // of each of its slots, the leaves that are summed into it
}

// width is the side's number of columns in a tile and in a panel.
func (s side) width() int { return len(s.leaves) * BlockUnits }

// columns returns the side's part of a tile's rows.
func (s side) columns(tile matrix) matrix {
	return tile.columns(s.first*BlockUnits, s.width())
}

// panel returns one block's panel of values [blocks][rows][slots of the side][16].
func panel[V float32 | uint16](s side, values []V, block, rows int) matrixOf[V] {
	size := rows * s.width()
	return matrixOf[V]{values[block*size : (block+1)*size], rows, s.width(), s.width()}
}

// groupUnits is how many units a worker takes at a time, four blocks: enough for
// the widest tile of a product with weights that are transposed.
const groupUnits = 4 * BlockUnits

// group is a range of columns of states or inputs, its last one may be narrower.
type group struct{ first, units int }

// groups returns how many groups n units, or inputs, make.
func groups(n int) int { return (n + groupUnits - 1) / groupUnits }

// groupOf returns the i-th group of n units.
func groupOf(i, n int) group {
	first := i * groupUnits
	return group{first, min(groupUnits, n-first)}
}

// blocks returns the blocks of the group.
func (g group) blocks() (first, end int) {
	return g.first / BlockUnits, wholeBlocks(g.first+g.units) / BlockUnits
}

// wholeBlocks returns n, rounded up to whole blocks.
func wholeBlocks(n int) int { return (n + BlockUnits - 1) / BlockUnits * BlockUnits }

// layout is what a layer's arrays look like.
type layout struct {
	input, hidden int
	padded        int // hidden, rounded up to whole blocks
	blocks        int
	slots, saved  int
	x, h          side // the input and the recurrent side
}

// newLayout derives the layout of a cell, and checks the cell's description of
// itself.
func newLayout(k Kernel, input, hidden int) (layout, error) {
	if err := checkPositive("input", input); err != nil {
		return layout{}, err
	}
	if err := checkPositive("hidden", hidden); err != nil {
		return layout{}, err
	}
	if _, err := count(hidden, BlockUnits); err != nil {
		return layout{}, err
	}
	x, h, err := sides(k)
	if err != nil {
		return layout{}, err
	}
	padded := wholeBlocks(hidden)
	return layout{
		input: input, hidden: hidden, padded: padded, blocks: padded / BlockUnits,
		slots: h.first + len(h.leaves), saved: k.Saved(), x: x, h: h,
	}, nil
}

// sides finds the two ranges of slots, and checks that they are ranges, that
// they cover the slots, and that each has every leaf once.
func sides(k Kernel) (x, h side, err error) {
	input, recurrent := k.Slots()
	if len(input) != len(recurrent) {
		return x, h, fmt.Errorf("kernel: %d slots on the input side, %d on the recurrent", len(input), len(recurrent))
	}
	if k.Saved() < 0 {
		return x, h, fmt.Errorf("kernel: saves %d values", k.Saved())
	}
	order := 0 // of the slot before: input side alone, both, recurrent alone
	for s := range input {
		kind := 1
		switch {
		case len(input[s]) == 0 && len(recurrent[s]) == 0:
			return x, h, fmt.Errorf("kernel: slot %d has no side", s)
		case len(recurrent[s]) == 0:
			kind = 0
			h.first = s + 1
		case len(input[s]) == 0:
			kind = 2
		}
		if kind < order {
			return x, h, fmt.Errorf("kernel: slot %d is out of order: want input side alone, both, recurrent side alone", s)
		}
		order = kind
		if kind < 2 {
			x.leaves = append(x.leaves, input[s])
		}
		if kind > 0 {
			h.leaves = append(h.leaves, recurrent[s])
		}
	}
	if err := x.checkLeaves(k.Leaves()); err != nil {
		return x, h, fmt.Errorf("kernel: input side: %w", err)
	}
	if err := h.checkLeaves(k.Leaves()); err != nil {
		return x, h, fmt.Errorf("kernel: recurrent side: %w", err)
	}
	return x, h, nil
}

// checkLeaves returns an error unless each of n leaves is in exactly one slot.
func (s side) checkLeaves(n int) error {
	if err := checkPositive("the number of leaves", n); err != nil {
		return err
	}
	seen := make(map[int]bool, n)
	for slot, leaves := range s.leaves {
		for _, leaf := range leaves {
			if leaf < 0 || leaf >= n || seen[leaf] {
				return fmt.Errorf("slot %d has leaf %d, want each of 0..%d once", s.first+slot, leaf, n-1)
			}
			seen[leaf] = true
		}
	}
	if len(seen) != n {
		return fmt.Errorf("has %d leaves, want each of 0..%d once", len(seen), n-1)
	}
	return nil
}
