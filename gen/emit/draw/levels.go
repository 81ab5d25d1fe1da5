package draw

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

// levels is where the vertices of a graph stand. Each is on a level above those that it reads;
// inputs are on the lowest, what leaves on the highest. Edges that go through levels bend there.
type levels struct {
	*graph
	level         []int       // of each vertex
	rows          [][]int     // the vertices of each level, from left to right
	width         []vg.Length // of each vertex
	x             []vg.Length // of its middle
	floor, height []vg.Length // of each level
	above         [][]int     // the vertices that read each
	right         vg.Length   // of everything
}

// sweeps is how often levels are put in order: more does not change real cells.
const sweeps = 24

func newLevels(g *graph) *levels {
	l := &levels{graph: g}
	l.raise()
	l.bends()
	l.above = make([][]int, len(l.vertices))
	for i, v := range l.vertices {
		for _, from := range v.from {
			l.above[from] = append(l.above[from], i)
		}
	}
	l.rows = make([][]int, l.top()+1)
	for i, level := range l.level {
		l.rows[level] = append(l.rows[level], i)
	}
	for i := range l.vertices {
		l.width = append(l.width, l.widthOf(i))
	}
	l.order()
	l.place()
	l.stack()
	return l
}

func (l *levels) top() int { return slices.Max(l.level) }

// raise puts every vertex on the lowest level above what it reads, and what leaves on the top.
func (l *levels) raise() {
	l.level = make([]int, len(l.vertices))
	for i, v := range l.vertices {
		if v.role > before1 {
			l.level[i] = 1
		}
		for _, from := range v.from {
			l.level[i] = max(l.level[i], l.level[from]+1)
		}
	}
	top := l.top()
	for i, v := range l.vertices {
		if v.role == next || v.role == output {
			l.level[i] = top
		}
	}
}

// bends adds a vertex on each level that an edge goes through. Edges from one vertex share them.
func (l *levels) bends() {
	type place struct{ from, level int }
	bends := make(map[place]int)
	for i := range slices.Clone(l.vertices) {
		for n, from := range l.vertices[i].from {
			last := from
			for level := l.level[from] + 1; level < l.level[i]; level++ {
				at, ok := bends[place{from, level}]
				if !ok {
					at = len(l.vertices)
					bends[place{from, level}] = at
					l.vertices = append(l.vertices, vertex{role: bend, from: []int{last}})
					l.level = append(l.level, level)
				}
				last = at
			}
			l.vertices[i].from[n] = last
		}
	}
}

// order orders each level by the places of the vertices that it reads or that read it, so that
// few edges cross.
func (l *levels) order() {
	place := make([]float64, len(l.vertices))
	number := func(row []int) {
		for n, v := range row {
			place[v] = float64(n) - float64(len(row)-1)/2
		}
	}
	for _, row := range l.rows {
		number(row)
	}
	for n := range sweeps {
		for i := range l.rows {
			row, near := l.rows[i], func(v int) []int { return l.vertices[v].from }
			if n%2 == 1 {
				row, near = l.rows[len(l.rows)-1-i], func(v int) []int { return l.above[v] }
			}
			want := make(map[int]float64)
			for _, v := range row {
				want[v] = mean(near(v), place, place[v])
			}
			slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(want[a], want[b]) })
			number(row)
		}
	}
}

// mean returns the mean place of some vertices, or of none the default.
func mean[F ~float64](of []int, place []F, none F) F {
	if len(of) == 0 {
		return none
	}
	var s F
	for _, v := range of {
		s += place[v]
	}
	return s / F(len(of))
}

// place moves vertices towards the middle of their neighbours, in the order of their level.
func (l *levels) place() {
	l.x = make([]vg.Length, len(l.vertices))
	for range sweeps {
		for _, row := range l.rows {
			var want []vg.Length
			for _, v := range row {
				want = append(want, mean(append(slices.Clone(l.vertices[v].from), l.above[v]...), l.x, l.x[v]))
			}
			l.spread(row, want)
		}
	}
	left := l.x[0]
	for v, x := range l.x {
		left = min(left, x-l.width[v]/2)
	}
	for v := range l.x {
		l.x[v] -= left
		l.right = max(l.right, l.x[v]+l.width[v]/2)
	}
}

// spread places a level as near to wanted places as its gaps allow, by least squares: vertices
// that would be too near to each other become a block, around the mean of what they want.
func (l *levels) spread(row []int, want []vg.Length) {
	type block struct {
		sum   vg.Length
		count int
	}
	var blocks []block
	offset := make([]vg.Length, len(row)) // of each vertex, if all were one block
	for n, v := range row {
		if n > 0 {
			offset[n] = offset[n-1] + (l.width[row[n-1]]+l.width[v])/2 + vertexGap
		}
		blocks = append(blocks, block{want[n] - offset[n], 1})
		for k := len(blocks) - 1; k > 0; k-- {
			a, b := blocks[k-1], blocks[k]
			if a.sum/vg.Length(a.count) <= b.sum/vg.Length(b.count) {
				break
			}
			blocks = append(blocks[:k-1], block{a.sum + b.sum, a.count + b.count})
		}
	}
	n := 0
	for _, b := range blocks {
		for range b.count {
			l.x[row[n]] = b.sum/vg.Length(b.count) + offset[n]
			n++
		}
	}
}

// stack puts each level over the one below it.
func (l *levels) stack() {
	var floor vg.Length
	for _, row := range l.rows {
		var tallest vg.Length
		for _, v := range row {
			tallest = max(tallest, l.heightOf(v))
		}
		l.floor, l.height = append(l.floor, floor), append(l.height, tallest)
		floor += tallest + riseGap
	}
}

// widthOf returns the width of a vertex.
func (l *levels) widthOf(i int) vg.Length {
	v := &l.vertices[i]
	switch v.role {
	case bend:
		return 0
	case given, before1, next, output:
		return length(v.words())
	}
	return max(leastWidth, length(v.words())+2*indent, length(v.nameWords())+2*indent)
}

// heightOf returns the height of a vertex.
func (l *levels) heightOf(i int) vg.Length {
	v := &l.vertices[i]
	switch {
	case v.role == bend:
		return 0
	case v.name != "":
		return numberHeight + rowHeight + footHeight
	}
	return rowHeight + footHeight
}

// foot and head return the middles of a vertex's lower and upper sides.
func (l *levels) foot(v int) vg.Point { return vg.Point{X: l.x[v], Y: l.floor[l.level[v]]} }

func (l *levels) head(v int) vg.Point {
	p := l.foot(v)
	p.Y += l.heightOf(v)
	if l.vertices[v].role == bend { // it goes through the level
		p.Y += l.height[l.level[v]]
	}
	return p
}
