package draw

import (
	"slices"

	"gonum.org/v1/plot/vg"
)

// layout is where the boxes stand, in points from the lower left corner of the tree. Every
// box stands on a level: leaves on the lowest, an inner node as many levels below the top
// as it is from the root, centred over its operands.
type layout struct {
	*tree
	leaves        []int      // from left to right
	levels        [][]int    // of inner nodes, from the root
	feet          []vg.Point // the middles of the boxes' lower sides
	width, height vg.Length  // of everything, including the states
}

func newLayout(t *tree) *layout {
	l := &layout{tree: t, feet: make([]vg.Point, len(t.Nodes))}
	l.place(t.Root(), 0)
	l.stack()
	return l
}

// place places the subtree of a node to the right of what is already placed. The leaves
// stand in the order of the tree, so that no edges cross. As section 3.4 pairs nodes first
// in, first out, that is 0 to N−1 if N is a power of two, and a rotation of it otherwise.
// States stand beside a leaf; beside an inner node they have room over its operands.
func (l *layout) place(k, depth int) {
	if !l.leaf(k) {
		if depth == len(l.levels) {
			l.levels = append(l.levels, nil)
		}
		l.levels[depth] = append(l.levels[depth], k)
		a, b := l.Nodes[k].Left, l.Nodes[k].Right
		l.place(a, depth+1)
		l.place(b, depth+1)
		l.feet[k].X = (l.feet[a].X + l.feet[b].X) / 2
		return
	}
	if len(l.leaves) > 0 {
		l.width += leafGap
	}
	l.leaves = append(l.leaves, k)
	if k == l.InjIdx {
		l.width += sideRoom
	}
	l.feet[k].X = l.width + boxWidth/2
	l.width += boxWidth
	if k == l.CIdx {
		l.width += sideRoom
	}
}

// stack puts each level over the tallest box below it, with more room between them where
// edges are long.
func (l *layout) stack() {
	for _, level := range slices.Backward(append(l.levels, l.leaves)) {
		var gap, tallest vg.Length
		for _, k := range level {
			tallest = max(tallest, l.boxHeight(k))
			if !l.leaf(k) {
				gap = max(gap, levelGap, slope*(l.feet[k].X-l.feet[l.Nodes[k].Left].X))
			}
		}
		for _, k := range level {
			l.feet[k].Y = l.height + gap
		}
		l.height += gap + tallest
	}
	l.height += topRoom
}

// boxHeight returns the height of node k's box, which painter.box fills.
func (l *layout) boxHeight(k int) vg.Length {
	var h vg.Length = numberHeight + 2*rowHeight + footHeight
	if l.leaf(k) {
		h += inputHeight
	}
	if k == l.InjIdx {
		h += 2 * rowHeight
	}
	return h
}

// head returns the middle of a box's upper side.
func (l *layout) head(k int) vg.Point {
	return vg.Point{X: l.feet[k].X, Y: l.feet[k].Y + l.boxHeight(k)}
}
