// Package draw pictures cells as figure 5 of Zoph & Le 2017 (arXiv:1611.01578)
// does: leaves at the bottom, the root on top. Data flows upwards inside a box
// too, where the activation stands over the combination that it is applied to.
package draw

import (
	"fmt"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// tree is the cell behind a lowered graph.
type tree struct {
	name   string
	nodes  []node
	inject step // what joins c_{t-1} to the value of node injIdx
	cIdx   int  // the node whose pre-activation is c_t
	injIdx int
}

// step is a combination and the activation of its result.
type step struct{ combine, activate *op.Op }

// node is one box of the picture.
type node struct {
	step
	operands []int // none for a leaf
}

func (n node) leaf() bool { return len(n.operands) == 0 }

// readTree recovers the tree from a graph as gen.Lower names its values: node
// k's pre-activation pk and value ak, the injection's pinj and ainj. It panics
// if the graph is another.
func readTree(f *ir.Func) *tree {
	values := make(map[string]*ir.Value)
	for _, v := range f.Values {
		values[v.Name] = v
	}
	find := func(name string) *ir.Value {
		v := values[name]
		if v == nil {
			panic(fmt.Sprintf("draw: no value %s in a graph that should be as lowered:\n%s", name, f))
		}
		return v
	}
	t := &tree{
		name:   f.Name,
		inject: step{find("pinj").Op, find("ainj").Op},
		injIdx: find("pinj").Node,
		cIdx:   f.Result(ir.Port{Kind: ir.C}).Node,
	}
	root := f.Result(ir.Port{Kind: ir.H}).Node
	for k := range root + 1 {
		t.nodes = append(t.nodes, readNode(find(fmt.Sprint("p", k)), find(fmt.Sprint("a", k))))
	}
	return t
}

// readNode returns the node with the given pre-activation and value. The sum of
// an add leaf is the products' work: its pre-activation is an input.
func readNode(pre, value *ir.Value) node {
	if pre.IsInput() {
		return node{step: step{op.Must("add"), value.Op}}
	}
	n := node{step: step{pre.Op, value.Op}}
	for _, a := range pre.Args {
		if !a.IsInput() { // a leaf's are slots
			n.operands = append(n.operands, a.Node)
		}
	}
	return n
}
