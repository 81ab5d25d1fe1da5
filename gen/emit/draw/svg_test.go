package draw_test

import (
	"bytes"
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/emit/draw"
)

// rendered is a picture as a browser sees it, with y downwards: boxes and words by the
// number of their node or by c_prev, c and h, edges by what they join.
type rendered struct {
	page    rect
	boxes   map[string]rect
	words   map[string][]word
	edges   map[string]segment
	caption []word
}

type rect struct{ left, top, right, bottom float64 }

type word struct {
	text  string
	at    rect
	color string
}

type segment struct {
	x0, y0, x1, y1 float64
	color          string
}

// group is what is read of a group in an SVG.
type group struct {
	Transform string `xml:"transform,attr"`
	Paths     []struct {
		D     string `xml:"d,attr"`
		Style string `xml:"style,attr"`
	} `xml:"path"`
	Texts []struct {
		X     float64 `xml:"x,attr"`
		Y     float64 `xml:"y,attr"`
		Style string  `xml:"style,attr"`
		Text  string  `xml:",chardata"`
	} `xml:"text"`
	Groups []group `xml:"g"`
}

// readSVG renders a cell and reads the result, which must be well-formed: one group with
// the edges, the caption, and a group for each node and for h_t.
func readSVG(t *testing.T, name string, c *cell.Cell) *rendered {
	t.Helper()
	var out bytes.Buffer
	if err := draw.Render(name, c, "svg", &out); err != nil {
		t.Fatal(err)
	}
	var svg struct {
		ViewBox string `xml:"viewBox,attr"`
		Group   group  `xml:"g"`
	}
	if err := xml.Unmarshal(out.Bytes(), &svg); err != nil {
		t.Fatal(err)
	}
	size := numbers(svg.ViewBox)
	r := &rendered{
		page:  rect{right: size[2], bottom: size[3]},
		boxes: make(map[string]rect), words: make(map[string][]word), edges: make(map[string]segment),
	}
	main := svg.Group.Groups[0]
	at := numbers(main.Transform)
	x, y := at[0], size[3]-at[1]
	for _, g := range main.Groups {
		r.part(g, x, y)
	}
	r.caption = main.words(x, y)
	for _, e := range main.segments(x, y) {
		r.edges[r.ending(e.x0, e.y0)+" "+r.ending(e.x1, e.y1)] = e
	}
	return r
}

// part reads a node with the states beside it, or h_t.
func (r *rendered) part(g group, x, y float64) {
	at := numbers(g.Transform)
	x, y = x+at[0], y-at[1]
	words, lines := g.words(x, y), g.segments(x, y)
	if !strings.Contains(g.Paths[0].D, "A") {
		r.edges[r.ending(x, y)+" h"] = lines[0]
		r.state("h", words)
		return
	}
	box := bounds(g.Paths[0].D, x, y)
	name := words[0].text
	r.boxes[name] = box
	var before, after []word
	for _, w := range words {
		switch {
		case w.at.right < box.left:
			before = append(before, w)
		case w.at.left > box.right:
			after = append(after, w)
		default:
			r.words[name] = append(r.words[name], w)
		}
	}
	r.state("c_prev", before)
	r.state("c", after)
	for _, l := range lines {
		if l.x0 < box.left {
			r.edges["c_prev "+name] = l
		} else {
			r.edges[name+" c"] = l
		}
	}
}

// state records the words of a state, if there are any.
func (r *rendered) state(name string, words []word) {
	for i, w := range words {
		if i == 0 {
			r.boxes[name] = w.at
		}
		r.boxes[name] = r.boxes[name].around(w.at)
	}
	if len(words) > 0 {
		r.words[name] = words
	}
}

// ending returns the node whose box has the point in the middle of its upper or lower
// side.
func (r *rendered) ending(x, y float64) string {
	for name, b := range r.boxes {
		if near(x, (b.left+b.right)/2) && (near(y, b.top) || near(y, b.bottom)) {
			return name
		}
	}
	return "nothing"
}

// words returns the words of a group with its origin at x and y, as wide as in our fonts.
func (g group) words(x, y float64) []word {
	var words []word
	for _, s := range g.Texts {
		size := numbers(property(s.Style, "font-size"))[0]
		f := faces[property(s.Style, "font-weight")]
		f.Font.Size = font.Points(size)
		wide := f.Width(s.Text).Points()
		base := y + s.Y // the text is flipped twice
		at := rect{x + s.X, base - 0.73*size, x + s.X + wide, base + 0.21*size}
		words = append(words, word{s.Text, at, property(s.Style, "fill")})
	}
	return words
}

// segments returns the straight lines of a group with its origin at x and y.
func (g group) segments(x, y float64) []segment {
	var lines []segment
	for _, p := range g.Paths {
		if d := numbers(p.D); len(d) == 4 {
			lines = append(lines, segment{x + d[0], y - d[1], x + d[2], y - d[3], property(p.Style, "stroke")})
		}
	}
	return lines
}

// bounds returns the rectangle around a path with its origin at x and y. An arc's flags
// and radii are not points.
func bounds(d string, x, y float64) rect {
	b := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	n := numbers(arc.ReplaceAllString(d, " "))
	for i := 0; i+1 < len(n); i += 2 {
		b = b.around(rect{x + n[i], y - n[i+1], x + n[i], y - n[i+1]})
	}
	return b
}

func (b rect) around(c rect) rect {
	return rect{min(b.left, c.left), min(b.top, c.top), max(b.right, c.right), max(b.bottom, c.bottom)}
}

func (b rect) overlaps(c rect) bool {
	return b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom
}

func (b rect) holds(c rect) bool { return b.around(c) == b }

var (
	arc     = regexp.MustCompile(`A[^ ]* \d \d \d `)
	numeral = regexp.MustCompile(`-?[0-9.]+(e[+-]?[0-9]+)?`)
)

func numbers(s string) []float64 {
	var ns []float64
	for _, word := range numeral.FindAllString(s, -1) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			panic(err)
		}
		ns = append(ns, n)
	}
	return ns
}

// property returns a property of a style.
func property(style, name string) string {
	for _, p := range strings.Split(style, ";") {
		if key, value, _ := strings.Cut(p, ":"); key == name {
			return value
		}
	}
	return ""
}

var faces = map[string]font.Face{
	"normal": {Face: parseFont(liberationsansregular.TTF)},
	"bold":   {Face: parseFont(liberationsansbold.TTF)},
}

func parseFont(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err)
	}
	return f
}
