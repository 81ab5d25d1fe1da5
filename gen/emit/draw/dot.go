package draw

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// dot returns the cell as Graphviz source, for Graphviz to lay out: upwards, with the
// leaves on one level and operands from left to right.
func dot(t *tree) []byte {
	var b bytes.Buffer
	write := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	write("digraph {\n")
	write("\tgraph [rankdir=BT, ordering=in, label=%s, fontname=%s];\n", quote(t.name), quote(families))
	write("\tnode [shape=box, style=\"rounded,filled\", color=\"%v\", fontname=%s];\n", line, quote(families))
	write("\tedge [color=\"%v\", dir=none];\n", line)
	var leaves []string
	for k := range t.Nodes {
		fill := innerFill
		if t.leaf(k) {
			fill = leafFill
			leaves = append(leaves, strconv.Itoa(k))
		}
		if k == t.InjIdx {
			fill = inFill
		}
		write("\t%d [label=%s, fillcolor=\"%v\"];\n", k, quote(boxText(t, k)), fill)
		for _, o := range t.operands(k) {
			write("\t%d -> %d;\n", o, k)
		}
	}
	write("\t{rank=same; %s}\n", strings.Join(leaves, "; "))
	state := func(id, label string, color shade) {
		write("\t%s [label=%s, shape=plain, style=\"\", fontcolor=\"%v\"];\n", id, quote(label), color)
	}
	arrow := func(from, to any, color shade) { write("\t%v -> %v [color=\"%v\", dir=forward];\n", from, to, color) }
	state("c_in", "c_{t-1}", inColor)
	arrow("c_in", t.InjIdx, inColor)
	state("c_out", "c_t", outColor)
	arrow(t.CIdx, "c_out", outColor)
	state("h_out", "h_t", ink)
	arrow(t.Root(), "h_out", ink)
	write("}\n")
	return b.Bytes()
}

// boxText returns what painter.box writes, one line per row.
func boxText(t *tree, k int) string {
	n := t.Nodes[k]
	rows := []string{strconv.Itoa(k)}
	if k == t.InjIdx {
		rows = append(rows, t.Inject.Activate.Name, t.Inject.Combine.Name)
	}
	rows = append(rows, n.Activate.Name, n.Combine.Name)
	if t.leaf(k) {
		rows = append(rows, "x_t, h_{t-1}")
	}
	return strings.Join(rows, "\n")
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// quote quotes text for a label of Graphviz, where a backslash has a meaning of its own.
func quote(s string) string { return `"` + escapes.Replace(s) + `"` }
