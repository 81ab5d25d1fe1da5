package draw_test

import (
	"bytes"
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/emit/draw"
	"github.com/cellgen/cellgen/gen/ir"
)

// rendered is a picture as a browser gets it: boxes and words by the name of
// their node, edges by what they join. y grows downwards.
type rendered struct {
	width, height float64
	boxes         map[string]rect
	words         map[string][]word
	edges         map[string]segment
	caption       []string
}

type rect struct{ left, top, right, bottom float64 }

type word struct {
	text     string
	at       rect
	baseline float64
	color    string
}

type segment struct {
	x0, y0, x1, y1 float64
	color          string
}

// xmlGroup is what is read of Graphviz' SVG.
type xmlGroup struct {
	Class string `xml:"class,attr"`
	Title string `xml:"title"`
	Paths []struct {
		D      string `xml:"d,attr"`
		Stroke string `xml:"stroke,attr"`
	} `xml:"path"`
	Texts []struct {
		X    float64 `xml:"x,attr"`
		Y    float64 `xml:"y,attr"`
		Size float64 `xml:"font-size,attr"`
		Fill string  `xml:"fill,attr"`
		Text string  `xml:",chardata"`
	} `xml:"text"`
	Groups []xmlGroup `xml:"g"`
}

// readSVG renders a graph and reads the result, which must be well-formed.
func readSVG(t *testing.T, f *ir.Func) *rendered {
	t.Helper()
	var out bytes.Buffer
	if err := draw.Render(f, "svg", &out); err != nil {
		t.Fatal(err)
	}
	var svg struct {
		ViewBox string   `xml:"viewBox,attr"`
		Group   xmlGroup `xml:"g"`
	}
	if err := xml.Unmarshal(out.Bytes(), &svg); err != nil {
		t.Fatal(err)
	}
	size := numbers(t, svg.ViewBox)
	r := &rendered{
		width: size[2], height: size[3],
		boxes: make(map[string]rect), words: make(map[string][]word), edges: make(map[string]segment),
	}
	for _, text := range svg.Group.Texts {
		r.caption = append(r.caption, strings.TrimSpace(text.Text))
	}
	for _, g := range svg.Group.Groups {
		switch g.Class {
		case "node":
			r.node(t, g)
		case "edge":
			d := numbers(t, g.Paths[0].D)
			r.edges[ends(g.Title)] = segment{d[0], d[1], d[len(d)-2], d[len(d)-1], g.Paths[0].Stroke}
		}
	}
	return r
}

func (r *rendered) node(t *testing.T, g xmlGroup) {
	bounds := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range g.Paths {
		d := numbers(t, p.D)
		for i := 0; i+1 < len(d); i += 2 {
			bounds = bounds.around(rect{d[i], d[i+1], d[i], d[i+1]})
		}
	}
	framed := len(g.Paths) > 0
	for _, s := range g.Texts {
		text := strings.TrimSpace(s.Text)
		wide := 0.5 * s.Size * float64(len([]rune(text))) // of the words drawn, all need less
		at := rect{s.X, s.Y - 0.75*s.Size, s.X + wide, s.Y + 0.2*s.Size}
		r.words[g.Title] = append(r.words[g.Title], word{text, at, s.Y, s.Fill})
		if !framed {
			bounds = bounds.around(at)
		}
	}
	r.boxes[g.Title] = bounds
}

func (b rect) around(c rect) rect {
	return rect{min(b.left, c.left), min(b.top, c.top), max(b.right, c.right), max(b.bottom, c.bottom)}
}

func (b rect) overlaps(c rect) bool {
	return b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom
}

// ends drops the ports from an edge's title: 3:n->8:s joins 3 and 8.
func ends(title string) string {
	from, to, _ := strings.Cut(title, "->")
	from, _, _ = strings.Cut(from, ":")
	to, _, _ = strings.Cut(to, ":")
	return from + " " + to
}

var numeral = regexp.MustCompile(`-?[0-9.]+`)

func numbers(t *testing.T, s string) []float64 {
	t.Helper()
	var ns []float64
	for _, word := range numeral.FindAllString(s, -1) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		ns = append(ns, n)
	}
	return ns
}
