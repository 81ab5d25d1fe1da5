package draw

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/gen/cell"
)

// painter paints a cell.
type painter struct {
	brush
	*layout
	title, note []word
}

// newPainter returns a painter without a canvas. Its caption names the cell, and says
// which node c_t comes from.
func newPainter(t *tree) *painter {
	note := fmt.Sprintf("is the value of node %d before its activation", t.CIdx)
	return &painter{
		layout: newLayout(t),
		title:  []word{{text: t.name, size: titleSize, color: ink, bold: true}},
		note:   append(symbol("c", "t", noteSize, outColor), word{text: note, size: noteSize, color: faint, room: 4}),
	}
}

// page returns the size of the whole picture.
func (p *painter) page() (width, height vg.Length) {
	width = max(p.width, length(p.title), length(p.note))
	return width + 2*margin, p.height + footRoom + 2*margin
}

// paint paints the picture on a canvas of the page's size.
func (p *painter) paint(c vg.Canvas) {
	p.brush = brush{c}
	width, height := p.page()
	p.fill(paper, vg.Rectangle{Max: vg.Point{X: width, Y: height}}.Path())
	p.at(vg.Point{X: (width - p.width) / 2, Y: margin + footRoom}, func() {
		for k := range p.Nodes {
			for _, o := range p.operands(k) {
				p.stroke(line, thin, lines(p.head(o), p.feet[k]))
			}
		}
		for k := range p.Nodes {
			p.at(p.feet[k], func() { p.box(k) })
		}
		p.at(p.head(p.Root()), p.hidden)
		p.center(vg.Point{X: p.width / 2, Y: -titleDrop}, p.title...)
		p.center(vg.Point{X: p.width / 2, Y: -noteDrop}, p.note...)
	})
}

// at paints with the origin at a point. That keeps numbers small: vgsvg writes only five
// digits of them.
func (p *painter) at(origin vg.Point, paint func()) {
	p.Push()
	p.Translate(origin)
	paint()
	p.Pop()
}

// box paints node k on its foot. As in figure 5, what is computed first stands lowest. From
// the bottom: a leaf's inputs; combination and activation; combination and activation of
// the injection.
func (p *painter) box(k int) {
	n, y := p.Nodes[k], p.boxHeight(k)
	fill := innerFill
	if p.leaf(k) {
		fill = leafFill
	}
	frame := rounded(area(0, y))
	p.fill(fill, frame)
	if k == p.InjIdx {
		p.fill(inFill, area(y-numberHeight-2*rowHeight, y-numberHeight).Path())
	}
	p.stroke(line, thin, frame)

	y -= numberHeight
	number := word{text: strconv.Itoa(k), size: numberSize, color: faint}
	p.write(vg.Point{X: indent - boxWidth/2, Y: y + numberHeight/2 - middle(numberSize)}, number)
	if k == p.InjIdx {
		y = p.ops(y, p.Inject, inColor)
		p.cellIn(y + rowHeight/2)
	}
	y = p.ops(y, n.Ops, ink)
	if k == p.CIdx {
		p.cellOut(y + rowHeight/2)
	}
	if p.leaf(k) {
		p.inputs(y - inputHeight/2 - middle(inputSize))
	}
}

// area is the part of a box between two heights.
func area(low, high vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: -boxWidth / 2, Y: low}, Max: vg.Point{X: boxWidth / 2, Y: high}}
}

// ops writes an activation above its combination, from height y down, and returns their
// foot.
func (p *painter) ops(y vg.Length, o cell.Ops, color shade) vg.Length {
	for _, name := range []string{o.Activate.Name, o.Combine.Name} {
		y -= rowHeight
		p.center(vg.Point{Y: y + rowHeight/2 - middle(textSize)}, word{text: name, size: textSize, color: color})
	}
	return y
}

// inputs writes x_t and h_{t-1}, which every leaf takes.
func (p *painter) inputs(y vg.Length) {
	x, h := symbol("x", "t", inputSize, faint), symbol("h", before, inputSize, faint)
	h[0].room = inputSize
	p.center(vg.Point{Y: y}, append(x, h...)...)
}

const (
	before   = "t−1" // the subscript of the previous step
	stateGap = 3     // between a state's arrow and letter
)

// cellIn brings c_{t-1} to the combination that takes it, from the left.
func (p *painter) cellIn(y vg.Length) {
	c := symbol("c", before, stateSize, inColor)
	start := vg.Length(-boxWidth/2 - sideRoom)
	p.write(vg.Point{X: start, Y: y - middle(stateSize)}, c...)
	p.arrow(inColor, vg.Point{X: start + length(c) + stateGap, Y: y}, vg.Point{X: -boxWidth / 2, Y: y})
}

// cellOut takes c_t from the combination that makes it, to the right.
func (p *painter) cellOut(y vg.Length) {
	c := symbol("c", "t", stateSize, outColor)
	start := boxWidth/2 + sideRoom - length(c)
	p.write(vg.Point{X: start, Y: y - middle(stateSize)}, c...)
	p.arrow(outColor, vg.Point{X: boxWidth / 2, Y: y}, vg.Point{X: start - stateGap, Y: y})
}

// hidden takes h_t from the head of the root, upwards.
func (p *painter) hidden() {
	const line = topRoom - 0.75*stateSize // of the letter
	p.center(vg.Point{Y: line}, symbol("h", "t", stateSize, ink)...)
	p.arrow(ink, vg.Point{}, vg.Point{Y: line - 0.28*stateSize - 2*stateGap})
}
