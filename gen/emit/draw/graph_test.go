package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/cellgen/cellgen/gen/equation"
)

// written returns all cells of equations that the repository has.
func written(t *testing.T) map[string]*equation.Cell {
	t.Helper()
	files, err := filepath.Glob("../../equation/testdata/*/*.cell")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d cells, %v", len(files), err)
	}
	all := make(map[string]*equation.Cell)
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := equation.Read(file, src)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = c
	}
	return all
}

// TestGraph expects the graph of a GRU: three gates, six products, and what they read.
func TestGraph(t *testing.T) {
	g := newGraph(written(t)["GRU.cell"])
	reads := func(v vertex) (labels []string) {
		for _, from := range v.from {
			labels = append(labels, strings.TrimSpace(g.vertices[from].name+" "+g.vertices[from].label))
		}
		return labels
	}
	var have []string
	for _, v := range g.vertices {
		have = append(have, strings.Join(append([]string{strings.TrimSpace(v.name + " " + v.label), "←"}, reads(v)...), " "))
	}
	want := []string{
		"x ←", "h ←",
		"Wr ← x", "Ur ← h", "+ br ← Wr Ur", "r sigmoid ← + br",
		"Wz ← x", "Uz ← h", "+ bz ← Wz Uz", "z sigmoid ← + bz",
		"Wn ← x", "× ← r sigmoid h", "Un ← ×", "+ bn ← Wn Un", "n tanh ← + bn",
		"1 − · ← z sigmoid", "× ← 1 − · n tanh", "× ← z sigmoid h", "+ ← × ×",
		"y ← +", "h ← +",
	}
	if !slices.Equal(have, want) {
		t.Errorf("the graph is\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// TestGraphLabels expects what is not a vertex to be in the labels of what reads it.
func TestGraphLabels(t *testing.T) {
	for expr, want := range map[string]string{
		"h + b":                 "+ b",
		"b + h + 1":             "+ b + 1",
		"2 * h":                 "× 2",
		"1 - h":                 "1 − ·",
		"-h - x":                "−· − ·",
		"h * x / (b + 1)":       "· × · / (b + 1)",
		"max(h, 0)":             "max(·, 0)",
		"select(x, tanh(b), h)": "select(·, tanh(b), ·)",
		"sigmoid(h)":            "sigmoid",
		"W @ h":                 "W",
		"W.T @ b":               "W.T @ b",
		"b":                     "b",
	} {
		c, err := equation.Read("f", []byte("cell A\ndim input = hidden\nstate h\nvector b = 0\nmatrix W (hidden, hidden) = 0\nh' = "+expr+"\noutput h'\n"))
		if err != nil {
			t.Fatal(err)
		}
		g := newGraph(c)
		v := g.vertices[len(g.vertices)-1]
		if got := g.vertices[v.from[0]].label; got != want {
			t.Errorf("%s is drawn as %s, want %s", expr, got, want)
		}
	}
}

// TestLevels checks that edges lead upwards, that inputs stand at the bottom and results on
// top, and that nothing stands on anything else.
func TestLevels(t *testing.T) {
	for name, c := range written(t) {
		l := newLevels(newGraph(c))
		for i, v := range l.vertices {
			for _, from := range v.from {
				if l.level[from] != l.level[i]-1 {
					t.Errorf("%s: an edge leads from level %d to %d", name, l.level[from], l.level[i])
				}
			}
			low, high := v.role <= before1, v.role == next || v.role == output
			if low != (l.level[i] == 0) || high && l.level[i] != l.top() {
				t.Errorf("%s: %q stands on level %d of %d", name, v.label, l.level[i], l.top())
			}
			if l.x[i]-l.width[i]/2 < -1e-6 || l.x[i]+l.width[i]/2 > l.right+1e-6 {
				t.Errorf("%s: %q leaves the picture", name, v.label)
			}
		}
		for _, row := range l.rows {
			for n, v := range row[1:] {
				if gap := l.x[v] - l.x[row[n]] - (l.width[v]+l.width[row[n]])/2; gap < vertexGap-1e-6 {
					t.Errorf("%s: %q and %q are %.1f apart", name, l.vertices[row[n]].label, l.vertices[v].label, gap)
				}
			}
		}
		if least := vg.Length(len(l.vertices)); l.right <= 0 || l.right > 60*least {
			t.Errorf("%s is %.0f wide", name, l.right)
		}
	}
}

// TestRenderCell draws every cell in every format, twice, and finds all that it draws in the SVG.
func TestRenderCell(t *testing.T) {
	cells := written(t)
	for name, c := range cells {
		for _, format := range Formats() {
			if format == "png" && name != "GRU.cell" {
				continue
			}
			var one, two bytes.Buffer
			if err := errors.Join(RenderCell(c, format, &one), RenderCell(c, format, &two)); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Fatalf("%s, %s: pictures differ, %v", name, format, err)
			}
			if format == "svg" {
				checkTexts(t, name, c, one.Bytes())
			}
		}
	}
	if err := RenderCell(cells["GRU.cell"], "gif", io.Discard); err == nil || !strings.Contains(err.Error(), `unknown format "gif"`) {
		t.Error(err)
	}
}

// checkTexts expects the texts of an SVG file to be the words of the graph's vertices, their names
// and the caption.
func checkTexts(t *testing.T, name string, c *equation.Cell, svg []byte) {
	t.Helper()
	var have, want []string
	d := xml.NewDecoder(bytes.NewReader(svg))
	inText := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.CharData:
			if s := strings.TrimSpace(string(token)); inText && s != "" {
				have = append(have, s)
			}
		}
	}
	p := newGraphPainter(newGraph(c))
	for _, v := range p.vertices {
		if v.role == bend {
			continue
		}
		if v.name != "" {
			want = append(want, v.name)
		}
		for _, w := range v.words() {
			want = append(want, w.text)
		}
	}
	for _, line := range p.caption {
		for _, w := range line {
			want = append(want, w.text)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("%s: texts %q, want %q", name, have, want)
	}
}

// TestGraphDot expects a line for each vertex and each edge.
func TestGraphDot(t *testing.T) {
	for name, c := range written(t) {
		g := newGraph(c)
		text := string(graphDot(g))
		edges := 0
		for _, v := range g.vertices {
			edges += len(v.from)
		}
		if n := strings.Count(text, " -> "); n != edges {
			t.Errorf("%s: %d edges, want %d", name, n, edges)
		}
		if n := strings.Count(text, "[label="); n != len(g.vertices) {
			t.Errorf("%s: %d vertices, want %d", name, n, len(g.vertices))
		}
	}
}
