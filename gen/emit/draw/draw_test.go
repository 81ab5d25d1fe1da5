package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/emit/draw"
)

// cells returns known cells and random ones, of many sizes and with all coincidences of
// indices.
func cells(t *testing.T) map[string]*cell.Cell {
	all := make(map[string]*cell.Cell)
	for name, tokens := range map[string]string{
		"Simple":  "add tanh mul relu mul sigmoid add relu 1 0",
		"Root":    "add tanh mul relu mul sigmoid add relu 0 2",
		"OutRoot": "add tanh mul relu mul sigmoid add relu 2 2",
		"One":     "max sigmoid max sin 0 0",
		"Same":    "add tanh mul relu mul sigmoid max sin 1 1",
		"LSTM":    "add sigmoid add tanh add identity add identity add sigmoid mul identity add sigmoid add tanh mul identity mul identity 7 4",
	} {
		c, err := cell.Parse(name, tokens)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	r := rand.New(rand.NewPCG(1611, 1578))
	for i := range 36 {
		c := cell.Random(r, 1+i%18)
		if i%6 == 0 {
			c.CIdx = c.InjIdx
		}
		all[fmt.Sprintf("Random%d", i)] = c
	}
	return all
}

// TestBoxes checks each node's box: its words from top to bottom, and that they fit. There
// is nothing else except c_{t-1}, c_t, h_t and the edges.
func TestBoxes(t *testing.T) {
	for name, c := range cells(t) {
		p := readSVG(t, name, c)
		if len(p.boxes) != len(c.Nodes)+3 || len(p.edges) != len(c.Nodes)-1+3 {
			t.Errorf("%s: %d boxes and %d edges", name, len(p.boxes), len(p.edges))
		}
		for k, n := range c.Nodes {
			want := []string{strconv.Itoa(k)}
			if k == c.InjIdx {
				want = append(want, c.Inject.Activate.Name, c.Inject.Combine.Name)
			}
			want = append(want, n.Activate.Name, n.Combine.Name)
			if n.Left == cell.None {
				want = append(want, "x", "t", "h", "t−1")
			}
			box := p.boxes[strconv.Itoa(k)]
			var have []string
			for _, w := range p.words[strconv.Itoa(k)] {
				have = append(have, w.text)
				if !box.holds(w.at) {
					t.Errorf("%s, node %d: %q leaves the box", name, k, w.text)
				}
			}
			if !slices.Equal(have, want) {
				t.Errorf("%s, node %d: have %q, want %q", name, k, have, want)
			}
		}
		var have []string
		for _, w := range p.caption {
			have = append(have, w.text)
		}
		if want := []string{name, "c", "t", fmt.Sprintf("is the value of node %d before its activation", c.CIdx)}; !slices.Equal(have, want) {
			t.Errorf("%s: caption %q", name, have)
		}
	}
}

// TestLayout checks that the picture looks like figure 5: leaves on the lowest level,
// operands below and to their sides, nothing on top of anything else.
func TestLayout(t *testing.T) {
	for name, c := range cells(t) {
		p := readSVG(t, name, c)
		floor := p.boxes["0"].bottom
		for k, n := range c.Nodes {
			box := p.boxes[strconv.Itoa(k)]
			if leaf := n.Left == cell.None; leaf != near(box.bottom, floor) || box.bottom > floor+0.1 {
				t.Errorf("%s, node %d: bottom at %g, the leaves' at %g", name, k, box.bottom, floor)
			}
			if n.Left == cell.None {
				continue
			}
			for _, operand := range []int{n.Left, n.Right} {
				if _, ok := p.edges[fmt.Sprint(operand, " ", k)]; !ok {
					t.Errorf("%s: no edge from %d to %d", name, operand, k)
				}
			}
			left, right := p.boxes[strconv.Itoa(n.Left)], p.boxes[strconv.Itoa(n.Right)]
			if !(left.left < box.left && box.left < right.left && left.top > box.bottom && right.top > box.bottom) {
				t.Errorf("%s, node %d: at %v over %v and %v", name, k, box, left, right)
			}
		}
		for _, w := range p.caption {
			if !p.page.holds(w.at) {
				t.Errorf("%s: %q leaves the page", name, w.text)
			}
		}
		for a, boxA := range p.boxes {
			if !p.page.holds(boxA) {
				t.Errorf("%s: %s leaves the page", name, a)
			}
			for b, boxB := range p.boxes {
				if a < b && boxA.overlaps(boxB) {
					t.Errorf("%s: %s and %s overlap", name, a, b)
				}
			}
			for ends, e := range p.edges {
				if !slices.Contains(strings.Fields(ends), a) && e.meets(boxA) {
					t.Errorf("%s: edge %s goes through %s", name, ends, a)
				}
			}
		}
	}
}

// TestOrder checks that the leaves of a full tree stand in order.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, leaves := range []int{1, 2, 4, 8, 16} {
		p := readSVG(t, "Full", cell.Random(r, leaves))
		for k := 1; k < leaves; k++ {
			if p.boxes[strconv.Itoa(k-1)].right >= p.boxes[strconv.Itoa(k)].left {
				t.Errorf("%d leaves: %d does not follow %d", leaves, k, k-1)
			}
		}
	}
}

// TestStates follows the states' edges to the words where they end: c_{t-1} enters at the
// injection's combination, c_t leaves at its node's combination, before the activation,
// and h_t leaves at the top of the root.
func TestStates(t *testing.T) {
	for name, c := range cells(t) {
		p := readSVG(t, name, c)
		at := func(k int) (string, rect) { return strconv.Itoa(k), p.boxes[strconv.Itoa(k)] }

		k, box := at(c.InjIdx)
		in, ok := p.edges["c_prev "+k]
		combine := p.words[k][2]
		if !ok || box.left-in.x1 < 0 || box.left-in.x1 > 10 || !beside(combine, in.y1) {
			t.Errorf("%s: c_{t-1} goes to %v, injection %v in %v", name, in, combine, box)
		}
		if in.color != combine.color || in.color != p.words["c_prev"][0].color {
			t.Errorf("%s: c_{t-1} and its injection differ in colour", name)
		}

		k, box = at(c.CIdx)
		out, ok := p.edges[k+" c"]
		combine = p.words[k][2]
		if c.CIdx == c.InjIdx {
			combine = p.words[k][4]
		}
		if !ok || math.Abs(out.x0-box.right) > 2 || !beside(combine, out.y0) {
			t.Errorf("%s: c_t comes from %v, combination %v in %v", name, out, combine, box)
		}
		if out.color != p.words["c"][0].color || out.color == in.color {
			t.Errorf("%s: colour %s of c_t", name, out.color)
		}

		k, box = at(c.Root())
		if up, ok := p.edges[k+" h"]; !ok || !near(up.y0, box.top) || up.y1 >= up.y0 {
			t.Errorf("%s: h_t comes from %v, root %v", name, up, box)
		}
	}
}

// TestPNG decodes pictures of several sizes, and looks for the colours of the states on
// white paper.
func TestPNG(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, leaves := range []int{1, 2, 16, 64} {
		var out bytes.Buffer
		if err := draw.Render("Sized", cell.Random(r, leaves), "png", &out); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		size := img.Bounds()
		if size.Dx() < 200*leaves/2 || size.Dx() > 8100 || size.Dy() < 400 || size.Dy() > 2500 {
			t.Errorf("%d leaves: %v", leaves, size)
		}
		colors := [][3]byte{{0xff, 0xff, 0xff}, {0xb8, 0x4a, 0}, {0, 0x67, 0xa3}}
		seen := make([]int, len(colors))
		for p := range slices.Chunk(img.(*image.RGBA).Pix, 4) {
			if i := slices.Index(colors, [3]byte(p)); i >= 0 {
				seen[i]++
			}
		}
		if seen[0] < size.Dx()*size.Dy()/2 || seen[1] < 50 || seen[2] < 50 {
			t.Errorf("%d leaves: %d pixels of paper, c_{t-1} and c_t", leaves, seen)
		}
	}
}

// TestSame checks that equal cells give equal bytes, even when drawn concurrently.
func TestSame(t *testing.T) {
	c := cell.Random(rand.New(rand.NewPCG(3, 3)), 5)
	for _, format := range draw.Formats() {
		pictures := make(chan string)
		const times = 4
		for range times {
			go func() {
				var b bytes.Buffer
				if err := draw.Render("Twice", c, format, &b); err != nil {
					t.Error(err)
				}
				pictures <- b.String()
			}()
		}
		first := <-pictures
		for range times - 1 {
			if <-pictures != first {
				t.Errorf("%s differs from run to run", format)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	var out bytes.Buffer
	err := draw.Render("A", cell.Random(rand.New(rand.NewPCG(4, 4)), 2), "gif", &out)
	if err == nil || !strings.Contains(err.Error(), "dot, svg, png") || out.Len() > 0 {
		t.Errorf("error %v, %d bytes", err, out.Len())
	}
}

// TestEscapes draws a name with characters that are special in DOT, in its labels and in
// XML.
func TestEscapes(t *testing.T) {
	const name = `a"b\N<i>&amp;\`
	if p := readSVG(t, name, cell.Random(rand.New(rand.NewPCG(5, 5)), 2)); p.caption[0].text != name {
		t.Errorf("caption %q", p.caption[0].text)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.5 }

// beside reports whether a line at height y hits a word.
func beside(w word, y float64) bool { return w.at.top < y && y < w.at.bottom }

// meets reports whether a line goes through a box.
func (e segment) meets(b rect) bool {
	const steps = 400
	for i := range steps + 1 {
		s := float64(i) / steps
		x, y := e.x0+s*(e.x1-e.x0), e.y0+s*(e.y1-e.y0)
		if b.left < x && x < b.right && b.top < y && y < b.bottom {
			return true
		}
	}
	return false
}
