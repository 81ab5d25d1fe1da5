package draw

// point is a place in the picture, in points, with y upwards.
type point struct{ x, y float64 }

// layout is where the boxes stand. Every box stands on its level: the leaves on
// the lowest, an inner node as far below the top as it is from the root, in the
// middle over its operands.
type layout struct {
	*tree
	centers []point // of the boxes
}

func newLayout(t *tree) *layout {
	l := &layout{tree: t, centers: make([]point, len(t.nodes))}
	l.placeLeaves()
	for k, n := range t.nodes {
		if !n.leaf() {
			l.centers[k].x = (l.centers[n.operands[0]].x + l.centers[n.operands[1]].x) / 2
		}
	}
	l.placeLevels()
	return l
}

// placeLeaves puts the leaves side by side in the order of the tree, so that no
// edges cross. Section 3.4 pairs nodes first in, first out: the order is 0 to
// N−1 if N is a power of two, and a rotation of that otherwise.
func (l *layout) placeLeaves() {
	x := 0.0
	for _, k := range l.inOrder {
		if !l.nodes[k].leaf() {
			continue
		}
		if k == l.injIdx {
			x += sideRoom
		}
		l.centers[k].x = x
		x += boxWidth + leafGap
		if k == l.cIdx {
			x += sideRoom
		}
	}
}

// placeLevels stacks the levels, each on the top of the tallest box below it.
func (l *layout) placeLevels() {
	levels := l.levels()
	y := 0.0
	for i, level := range levels {
		tallest := 0.0
		for _, k := range level {
			l.centers[k].y = y + l.height(k)/2
			tallest = max(tallest, l.height(k))
		}
		y += tallest
		if i+1 < len(levels) {
			y += l.gap(levels[i+1])
		}
	}
}

// levels returns the nodes of each level, the leaves first.
func (l *layout) levels() [][]int {
	depth := make([]int, len(l.nodes))
	deepest := 0
	for k := len(l.nodes) - 1; k >= 0; k-- { // operands have smaller numbers
		for _, o := range l.nodes[k].operands {
			depth[o] = depth[k] + 1
			deepest = max(deepest, depth[o])
		}
	}
	levels := make([][]int, deepest+1)
	for k, n := range l.nodes {
		level := deepest - depth[k]
		if n.leaf() {
			level = 0
		}
		levels[level] = append(levels[level], k)
	}
	return levels
}

// gap returns the room under a level: more where its edges reach far.
func (l *layout) gap(level []int) float64 {
	gap := levelGap
	for _, k := range level {
		if n := l.nodes[k]; !n.leaf() {
			gap = max(gap, slope*(l.centers[k].x-l.centers[n.operands[0]].x))
		}
	}
	return gap
}

// height returns the height of node k's box, which [writer.box] fills.
func (l *layout) height(k int) float64 {
	h := 2*border + numberHeight + 2*stepHeight + footHeight
	if l.nodes[k].leaf() {
		h += inputHeight
	}
	if k == l.injIdx {
		h += 2 * stepHeight
	}
	return float64(h)
}

// cPrev returns the place of c_{t-1}: to the left of the combination that takes
// it, which is in the third row of its node's box.
func (l *layout) cPrev() point {
	c := l.centers[l.injIdx]
	return point{c.x - boxWidth/2 - sideRoom + stateSize/2.0, c.y + l.height(l.injIdx)/2 - border - numberHeight - 1.5*stepHeight}
}

// c returns the place of c_t: to the right of its node's combination.
func (l *layout) c() point {
	c := l.centers[l.cIdx]
	y := c.y - l.height(l.cIdx)/2 + border + footHeight + 0.5*stepHeight
	if l.nodes[l.cIdx].leaf() {
		y += inputHeight
	}
	return point{c.x + boxWidth/2 + sideRoom - stateSize/2.0, y}
}

// h returns the place of h_t: over the root.
func (l *layout) h() point {
	root := len(l.nodes) - 1
	return point{l.centers[root].x, l.centers[root].y + l.height(root)/2 + levelGap + stateSize/2.0}
}
