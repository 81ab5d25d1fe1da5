package draw

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// dot writes the cell as Graphviz source, for Graphviz to place: upwards, the
// leaves on one level, operands from left to right.
func dot(t *tree) []byte {
	var b bytes.Buffer
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	write("digraph {\n")
	write("\tgraph [rankdir=BT, ordering=in, label=%s, fontname=%s];\n", quote(t.name), quote(families))
	write("\tnode [shape=box, style=\"rounded,filled\", color=\"%v\", fontname=%s];\n", line, quote(families))
	write("\tedge [color=\"%v\", dir=none];\n", line)
	var leaves []string
	for k, n := range t.nodes {
		fill := innerFill
		if n.leaf() {
			fill = leafFill
			leaves = append(leaves, strconv.Itoa(k))
		}
		if k == t.injIdx {
			fill = inFill
		}
		write("\t%d [label=%s, fillcolor=\"%v\"];\n", k, quote(boxText(t, k)), fill)
		for _, o := range n.operands {
			write("\t%d -> %d;\n", o, k)
		}
	}
	write("\t{rank=same; %s}\n", strings.Join(leaves, "; "))
	state := func(id, label string, color shade) {
		write("\t%s [label=%s, shape=plain, style=\"\", fontcolor=\"%v\"];\n", id, quote(label), color)
	}
	arrow := func(from, to any, color shade) { write("\t%v -> %v [color=\"%v\", dir=forward];\n", from, to, color) }
	state("c_in", "c_{t-1}", inColor)
	arrow("c_in", t.injIdx, inColor)
	state("c_out", "c_t", outColor)
	arrow(t.cIdx, "c_out", outColor)
	state("h_out", "h_t", ink)
	arrow(len(t.nodes)-1, "h_out", ink)
	write("}\n")
	return b.Bytes()
}

// boxText is what painter.box writes, a line for each row.
func boxText(t *tree, k int) string {
	n := t.nodes[k]
	rows := []string{strconv.Itoa(k)}
	if k == t.injIdx {
		rows = append(rows, t.inject.activate.Name, t.inject.combine.Name)
	}
	rows = append(rows, n.activate.Name, n.combine.Name)
	if n.leaf() {
		rows = append(rows, "x_t, h_{t-1}")
	}
	return strings.Join(rows, "\n")
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// quote returns text as Graphviz reads it in a label, where a backslash has a
// meaning of its own.
func quote(s string) string { return `"` + escapes.Replace(s) + `"` }
