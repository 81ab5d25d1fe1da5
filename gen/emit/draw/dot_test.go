package draw_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/emit/draw"
)

// dotGraph is a graph as a reader of DOT sees it.
type dotGraph struct {
	*simple.DirectedGraph
	attributes
}

type dotNode struct {
	graph.Node
	attributes
	id string
}

type attributes map[string]string

func (a attributes) SetAttribute(attr encoding.Attribute) error {
	a[attr.Key] = attr.Value
	return nil
}

func (n *dotNode) SetDOTID(id string) { n.id = id }

func (g dotGraph) NewNode() graph.Node {
	return &dotNode{Node: g.DirectedGraph.NewNode(), attributes: make(attributes)}
}

func (g dotGraph) DOTAttributeSetters() (graph, node, edge encoding.AttributeSetter) {
	return g.attributes, make(attributes), make(attributes)
}

func readDOT(t *testing.T, name string, c *cell.Cell) dotGraph {
	t.Helper()
	var out bytes.Buffer
	if err := draw.Render(name, c, "dot", &out); err != nil {
		t.Fatal(err)
	}
	g := dotGraph{simple.NewDirectedGraph(), make(attributes)}
	if err := dot.Unmarshal(out.Bytes(), g); err != nil {
		t.Fatalf("%v in\n%s", err, &out)
	}
	return g
}

// TestDOT reads the source back: a node with its words for each node of the tree, and the
// edges of the tree and of the states.
func TestDOT(t *testing.T) {
	for name, c := range cells(t) {
		want := []string{fmt.Sprint("c_in ", c.InjIdx), fmt.Sprint(c.CIdx, " c_out"), fmt.Sprint(c.Root(), " h_out")}
		labels := map[string]string{"c_in": "c_{t-1}", "c_out": "c_t", "h_out": "h_t"}
		for k, n := range c.Nodes {
			words := []string{fmt.Sprint(k)}
			if k == c.InjIdx {
				words = append(words, c.Inject.Activate.Name, c.Inject.Combine.Name)
			}
			words = append(words, n.Activate.Name, n.Combine.Name)
			if n.Left == cell.None {
				words = append(words, "x_t, h_{t-1}")
			} else {
				want = append(want, fmt.Sprint(n.Left, " ", k), fmt.Sprint(n.Right, " ", k))
			}
			labels[fmt.Sprint(k)] = strings.Join(words, "\n")
		}
		g := readDOT(t, name, c)
		for _, n := range graph.NodesOf(g.Nodes()) {
			n := n.(*dotNode)
			if n.attributes["label"] != labels[n.id] {
				t.Errorf("%s, node %s: label %q, want %q", name, n.id, n.attributes["label"], labels[n.id])
			}
			delete(labels, n.id)
		}
		if len(labels) > 0 {
			t.Errorf("%s: no nodes %q", name, labels)
		}
		var have []string
		for _, e := range graph.EdgesOf(g.Edges()) {
			have = append(have, e.From().(*dotNode).id+" "+e.To().(*dotNode).id)
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s: edges %q, want %q", name, have, want)
		}
	}
}

// TestDOTEscapes draws a name that means something in DOT.
func TestDOTEscapes(t *testing.T) {
	const name = "a\"b\\N<i>\n&amp;\\"
	g := readDOT(t, name, cell.Random(rand.New(rand.NewPCG(5, 5)), 2))
	if have := g.attributes["label"]; have != name {
		t.Errorf("label %q", have)
	}
}
