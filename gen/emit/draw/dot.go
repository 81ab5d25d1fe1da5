package draw

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cellgen/cellgen/gen/ir"
)

// Names of what is drawn beside the tree nodes, whose names are their numbers.
const (
	cPrevName = "c_prev"
	cName     = "c"
	hName     = "h"
)

// DOT returns the picture of a graph as gen.Lower writes it, as Graphviz source:
// for neato, with all places fixed. Equal graphs give equal bytes.
func DOT(f *ir.Func) []byte { return source(newLayout(readTree(f))) }

// source writes the picture that is laid out.
func source(l *layout) []byte {
	var w writer
	fmt.Fprintf(&w, "digraph %s {\n", quote(l.name))
	w.defaults(l)
	for k, at := range l.centers {
		w.node(fmt.Sprint(k), at, box(l.tree, k))
	}
	w.states(l)
	for k, n := range l.nodes {
		for _, o := range n.operands {
			w.statement(fmt.Sprintf("%d:n -> %d:s", o, k), attr{"dir", "none"})
		}
	}
	w.WriteString("}\n")
	return w.Bytes()
}

// writer writes Graphviz statements.
type writer struct{ bytes.Buffer }

// attr is an attribute; attributes stand in the order they are given in.
type attr struct{ key, value string }

// defaults writes what holds for the whole picture.
func (w *writer) defaults(l *layout) {
	w.statement("graph",
		attr{"layout", "neato"}, attr{"inputscale", "72"}, attr{"splines", "line"}, attr{"bgcolor", quote(paper)},
		attr{"pad", number(padding / 72)}, attr{"fontname", quote(fonts)}, attr{"label", "<" + caption(l.tree) + ">"})
	w.statement("node", attr{"shape", "plain"}, attr{"fontname", quote(fonts)})
	w.statement("edge",
		attr{"color", quote(line)}, attr{"penwidth", number(stroke)}, attr{"arrowsize", number(arrowSize)})
}

// states writes what enters and leaves the cell beside x_t and h_{t-1}, which
// every leaf has.
func (w *writer) states(l *layout) {
	draw := func(name string, at point, label, edge, color string) {
		w.node(name, at, label)
		w.statement(edge, attr{"color", quote(color)}, attr{"penwidth", number(mainStroke)})
	}
	draw(cPrevName, l.cPrev(), state("c", before, inColor), fmt.Sprintf("%s:e -> %d:%s:w", cPrevName, l.injIdx, injectPort), inColor)
	draw(cName, l.c(), state("c", "t", outColor), fmt.Sprintf("%d:%s:e -> %s:w", l.cIdx, combinePort, cName), outColor)
	draw(hName, l.h(), state("h", "t", ink), fmt.Sprintf("%d:n -> %s:s", len(l.nodes)-1, hName), ink)
}

// node writes a node that is pinned to its place.
func (w *writer) node(name string, at point, label string) {
	w.statement(name, attr{"pos", quote(number(at.x) + "," + number(at.y) + "!")}, attr{"label", "<" + label + ">"})
}

// statement writes a subject, such as a node or an edge, and its attributes.
func (w *writer) statement(subject string, attrs ...attr) {
	words := make([]string, len(attrs))
	for i, a := range attrs {
		words[i] = a.key + "=" + a.value
	}
	fmt.Fprintf(w, "\t%s [%s];\n", subject, strings.Join(words, ", "))
}

// number returns a number with three digits at most behind the point.
func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", x), "0"), ".")
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quote returns a string as Graphviz reads it back.
func quote(s string) string { return `"` + escapes.Replace(s) + `"` }
