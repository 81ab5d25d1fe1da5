package draw

import (
	"math"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// brush draws shapes and text on a canvas, where y grows upwards.
type brush struct{ vg.Canvas }

// fill fills a path.
func (b brush) fill(s shade, p vg.Path) {
	b.SetColor(s)
	b.Fill(p)
}

// stroke draws the line along a path.
func (b brush) stroke(s shade, width vg.Length, p vg.Path) {
	b.SetColor(s)
	b.SetLineWidth(width)
	b.Stroke(p)
}

// arrow draws an arrow whose tip is at to.
func (b brush) arrow(s shade, from, to vg.Point) {
	const headLength, headWidth = 7, 5.5
	d := to.Sub(from)
	along := d.Scale(1 / vg.Length(math.Hypot(float64(d.X), float64(d.Y))))
	across := vg.Point{X: -along.Y, Y: along.X}.Scale(headWidth / 2)
	base := to.Sub(along.Scale(headLength))
	b.stroke(s, thick, lines(from, base))
	b.fill(s, lines(base.Add(across), to, base.Sub(across)))
}

// write writes words on a line that begins at the point.
func (b brush) write(at vg.Point, words ...word) {
	for _, w := range words {
		f := w.face()
		at.X += w.room
		b.SetColor(w.color)
		b.FillString(f, vg.Point{X: at.X, Y: at.Y - w.sink}, w.text)
		at.X += f.Width(w.text)
	}
}

// center writes words on a line whose middle is at the point.
func (b brush) center(at vg.Point, words ...word) {
	b.write(vg.Point{X: at.X - length(words)/2, Y: at.Y}, words...)
}

// lines returns the path along points.
func lines(points ...vg.Point) vg.Path {
	var p vg.Path
	p.Move(points[0])
	for _, q := range points[1:] {
		p.Line(q)
	}
	return p
}

// rounded returns a rectangle with round corners.
func rounded(r vg.Rectangle) vg.Path { return roundedBy(r, corner) }

// roundedBy returns a rectangle with corners of a radius.
func roundedBy(r vg.Rectangle, corner vg.Length) vg.Path {
	left, right := r.Min.X+corner, r.Max.X-corner
	low, high := r.Min.Y+corner, r.Max.Y-corner
	const quarter = math.Pi / 2
	var p vg.Path
	p.Move(vg.Point{X: left, Y: r.Min.Y})
	p.Arc(vg.Point{X: right, Y: low}, corner, -quarter, quarter)
	p.Arc(vg.Point{X: right, Y: high}, corner, 0, quarter)
	p.Arc(vg.Point{X: left, Y: high}, corner, quarter, quarter)
	p.Arc(vg.Point{X: left, Y: low}, corner, 2*quarter, quarter)
	p.Close()
	return p
}

// word is text in one size and colour.
type word struct {
	text  string
	size  vg.Length
	color shade
	bold  bool
	room  vg.Length // to its left
	sink  vg.Length // how far it stands below the line
}

// symbol returns a letter and its subscript. Unicode's own subscripts differ too much from
// font to font.
func symbol(letter, index string, size vg.Length, s shade) []word {
	return []word{
		{text: letter, size: size, color: s},
		{text: index, size: 0.67 * size, color: s, sink: 0.28 * size},
	}
}

// length returns how long words are on a line.
func length(words []word) vg.Length {
	var sum vg.Length
	for _, w := range words {
		f := w.face()
		sum += w.room + f.Width(w.text)
	}
	return sum
}

// middle returns how far the baseline of text is below the middle of its row.
func middle(size vg.Length) vg.Length { return 0.3 * size }

func (w word) face() font.Face {
	f := regular()
	if w.bold {
		f = bold()
	}
	f.Font.Size = w.size
	return f
}

// The fonts come with the program, so that pictures are the same everywhere. They are
// parsed when the first picture is drawn.
var (
	regular = sync.OnceValue(func() font.Face { return parse(liberationsansregular.TTF, xfont.WeightNormal) })
	bold    = sync.OnceValue(func() font.Face { return parse(liberationsansbold.TTF, xfont.WeightBold) })
)

func parse(ttf []byte, weight xfont.Weight) font.Face {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("draw: parsing a font that comes with the program: " + err.Error())
	}
	return font.Face{Font: font.Font{Variant: "Sans", Weight: weight}, Face: f}
}
