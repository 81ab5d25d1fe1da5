package onnx

import (
	"fmt"
	"strings"
)

// String returns the model as text, to be read: without the numbers of initializers.
func (m *Model) String() string {
	var b strings.Builder
	for line := range strings.Lines(m.Doc) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	m.Graph.write(&b, "")
	return b.String()
}

func (g *Graph) write(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%sgraph %s\n", indent, g.Name)
	indent += "\t"
	for _, v := range g.Inputs {
		v.write(b, indent+"input ")
	}
	for _, v := range g.Outputs {
		v.write(b, indent+"output ")
	}
	for _, t := range g.Initializers {
		fmt.Fprintf(b, "%sinitializer %s %v\n", indent, t.Name, t.Shape)
	}
	for _, n := range g.Nodes {
		n.write(b, indent)
	}
}

// Interface returns the inputs and outputs, a line each.
func (m *Model) Interface() string {
	var b strings.Builder
	for _, v := range m.Graph.Inputs {
		v.write(&b, "input  ")
	}
	for _, v := range m.Graph.Outputs {
		v.write(&b, "output ")
	}
	return b.String()
}

func (v *Value) write(b *strings.Builder, head string) {
	var dims []string
	for _, d := range v.Shape {
		dims = append(dims, d.String())
	}
	kind := map[bool]string{true: " int64"}[v.Integers]
	doc := map[bool]string{true: "  # " + v.Doc}[v.Doc != ""]
	fmt.Fprintf(b, "%s%s [%s]%s%s\n", head, v.Name, strings.Join(dims, " "), kind, doc)
}

// String returns the dimension's name, or its number.
func (d Dim) String() string {
	if d.Name != "" {
		return d.Name
	}
	return fmt.Sprint(d.Size)
}

func (n *Node) write(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s = %s(%s)", indent, strings.Join(n.Outputs, ", "), n.Op, strings.Join(n.Inputs, ", "))
	var inner []*Graph
	for _, a := range n.Attributes {
		if g, ok := a.Value.(*Graph); ok {
			inner = append(inner, g)
			continue
		}
		fmt.Fprintf(b, " %s=%v", a.Name, a.Value)
	}
	b.WriteByte('\n')
	for _, g := range inner {
		g.write(b, indent+"\t")
	}
}
