package draw

import (
	"cmp"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// graphPainter paints a cell of equations.
type graphPainter struct {
	brush
	*levels
	caption [][]word
}

func newGraphPainter(g *graph) *graphPainter {
	p := &graphPainter{levels: newLevels(g)}
	p.caption = [][]word{{{text: g.title, size: titleSize, color: ink, bold: true}}}
	for _, line := range wrapped(g.doc, docWidth) {
		p.caption = append(p.caption, []word{{text: line, size: noteSize, color: faint}})
	}
	return p
}

// page returns the size of the whole picture.
func (p *graphPainter) page() (width, height vg.Length) {
	width = p.right
	for _, line := range p.caption {
		width = max(width, length(line))
	}
	last := len(p.rows) - 1
	return width + 2*margin, p.floor[last] + p.height[last] + p.foots() + 2*margin
}

// foots is the room for the caption, below the graph.
func (p *graphPainter) foots() vg.Length { return titleGap + vg.Length(len(p.caption))*lineHeight }

// paint paints the picture on a canvas of the page's size.
func (p *graphPainter) paint(c vg.Canvas) {
	p.brush = brush{c}
	width, height := p.page()
	p.fill(paper, vg.Rectangle{Max: vg.Point{X: width, Y: height}}.Path())
	p.translated(vg.Point{X: (width - p.right) / 2, Y: margin + p.foots()}, func() {
		for i := range p.vertices {
			p.edges(i)
		}
		for i := range p.vertices {
			p.translated(p.foot(i), func() { p.vertex(i) })
		}
		for n, line := range p.caption {
			p.center(vg.Point{X: p.right / 2, Y: -titleGap - vg.Length(n)*lineHeight}, line...)
		}
	})
}

// translated paints with the origin at a point; see painter.at.
func (p *graphPainter) translated(origin vg.Point, paint func()) {
	p.Push()
	p.Translate(origin)
	paint()
	p.Pop()
}

// edges draws the edges to a vertex: in the order of the holes in its label or, if it has none,
// of where they come from.
func (p *graphPainter) edges(i int) {
	from := slices.Clone(p.vertices[i].from)
	if !strings.Contains(p.vertices[i].label, hole) {
		slices.SortStableFunc(from, func(a, b int) int { return cmp.Compare(p.x[a], p.x[b]) })
	}
	for n, v := range from {
		to := p.foot(i)
		if p.vertices[i].role != bend {
			to.X += (vg.Length(n) - vg.Length(len(from)-1)/2) * min(stubGap, (p.width[i]-2*indent)/vg.Length(max(1, len(from)-1)))
		}
		color := p.colorFrom(v)
		p.stroke(color, thin, lines(p.head(v), to))
		if p.vertices[i].role == bend && p.height[p.level[i]] > 0 {
			p.stroke(color, thin, lines(to, vg.Point{X: to.X, Y: to.Y + p.height[p.level[i]]}))
		}
	}
}

// colorFrom returns the colour of an edge: a state's, if it comes from one.
func (p *graphPainter) colorFrom(i int) shade {
	for p.vertices[i].role == bend {
		i = p.vertices[i].from[0]
	}
	if p.vertices[i].role == before1 {
		return inColor
	}
	return line
}

var fills = map[role]shade{product: productFill, function: leafFill, sum: innerFill}

// vertex paints a vertex on its foot.
func (p *graphPainter) vertex(i int) {
	v := &p.vertices[i]
	switch v.role {
	case bend:
		return
	case given, before1, next, output:
		p.center(vg.Point{Y: rowHeight/2 - middle(stateSize) + footHeight}, v.words()...)
		return
	}
	half, height := p.width[i]/2, p.heightOf(i)
	frame := roundedBy(vg.Rectangle{Min: vg.Point{X: -half}, Max: vg.Point{X: half, Y: height}}, 5)
	p.fill(fills[v.role], frame)
	p.stroke(line, thin, frame)
	if v.name != "" {
		p.write(vg.Point{X: indent - half, Y: height - numberHeight/2 - middle(numberSize)}, v.nameWords()...)
	}
	p.center(vg.Point{Y: footHeight/2 + rowHeight/2 - middle(textSize)}, v.words()...)
}

// words returns what is written in a vertex.
func (v *vertex) words() []word {
	switch v.role {
	case given:
		return symbol(v.label, "t", stateSize, ink)
	case before1:
		return symbol(v.label, before, stateSize, inColor)
	case next:
		return symbol(v.label, "t", stateSize, outColor)
	case output:
		return symbol(v.label, "t", stateSize, ink)
	}
	return []word{{text: v.label, size: textSize, color: ink, bold: v.role == product}}
}

func (v *vertex) nameWords() []word {
	return []word{{text: v.name, size: numberSize, color: faint}}
}

// wrapped cuts a text into lines of at most so many characters, where it has blanks.
func wrapped(text string, most int) (lines []string) {
	for _, w := range strings.Fields(text) {
		if n := len(lines) - 1; n >= 0 && len(lines[n])+1+len(w) <= most {
			lines[n] += " " + w
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}
