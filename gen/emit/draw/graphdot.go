package draw

import (
	"bytes"
	"fmt"
	"strings"
)

// graphDot returns a cell of equations as Graphviz source, for Graphviz to lay out: upwards, the
// inputs on one level and what leaves on another.
func graphDot(g *graph) []byte {
	var b bytes.Buffer
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	write("digraph {\n")
	write("\tgraph [rankdir=BT, label=%s, fontname=%s];\n", quote(g.title), quote(families))
	write("\tnode [shape=box, style=\"rounded,filled\", color=\"%v\", fontname=%s];\n", line, quote(families))
	write("\tedge [color=\"%v\", dir=none];\n", line)
	ends := make(map[bool][]string) // the lower, and the upper
	for i, v := range g.vertices {
		switch v.role {
		case product, function, sum:
			write("\tn%d [label=%s, fillcolor=\"%v\"];\n", i, quote(strings.TrimPrefix(v.name+"\n"+v.label, "\n")), fills[v.role])
		default:
			index, words := "t", v.words()
			if v.role == before1 {
				index = "{t-1}"
			}
			write("\tn%d [label=%s, shape=plain, style=\"\", fontcolor=\"%v\"];\n", i, quote(v.label+"_"+index), words[0].color)
			upper := v.role == next || v.role == output
			ends[upper] = append(ends[upper], fmt.Sprintf("n%d", i))
		}
		for _, from := range v.from {
			write("\tn%d -> n%d;\n", from, i)
		}
	}
	write("\t{rank=min; %s}\n\t{rank=max; %s}\n", strings.Join(ends[false], "; "), strings.Join(ends[true], "; "))
	write("}\n")
	return b.Bytes()
}
