// Package cell reads recurrent cells: the token sequences of Zoph & Le 2017
// (arXiv:1611.01578), section 3.4, and the spec files that hold them.
package cell

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cellgen/cellgen/gen/op"
)

// Cell is a recurrent cell as a tree: N leaves, then N−1 inner nodes, the root
// last. With x = x_t, h = h_{t-1} and c = c_{t-1}:
//
//	leaf i     p_i = comb_i(x·W_i, h·U_i + b_i)
//	inner k    p_k = comb_k(a_l, a_r)
//	value      a_k = act_k(p_k);  if k = injIdx:  a_k ← actInj(combInj(a_k, c))
//	outputs    h_t = a_root,  c_t = p_cIdx
type Cell struct {
	Nodes  []Node
	Inject Ops // joins c_{t-1} to the value of node InjIdx
	CIdx   int // the node whose pre-activation is c_t
	InjIdx int // the node that c_{t-1} joins
}

// Ops is a combination, and the activation of what it gives.
type Ops struct {
	Combine, Activate *op.Op
}

// Node is a node of the tree. Left and Right are the nodes that it joins, or None for
// a leaf.
type Node struct {
	Ops
	Left, Right int
}

// None stands for the missing operands of a leaf.
const None = -1

// MaxLeaves bounds N: large enough for any cell that a search finds, and small enough
// for a generated kernel to be one function.
const MaxLeaves = 1024

// New builds the tree of 2N−1 nodes from their operators. Inner nodes take their
// operands in pairs, first in, first out. It panics if the number of nodes is even or an
// index is not a node.
func New(nodes []Ops, inject Ops, cIdx, injIdx int) *Cell {
	if len(nodes)%2 == 0 || cIdx < 0 || cIdx >= len(nodes) || injIdx < 0 || injIdx >= len(nodes) {
		panic(fmt.Sprintf("cell: %d nodes with indices %d and %d", len(nodes), cIdx, injIdx))
	}
	c := &Cell{Inject: inject, CIdx: cIdx, InjIdx: injIdx}
	leaves := (len(nodes) + 1) / 2
	for k, o := range nodes {
		n := Node{Ops: o, Left: None, Right: None}
		if k >= leaves {
			// The queue is the nodes in order: inner node k pops the next two.
			n.Left, n.Right = 2*(k-leaves), 2*(k-leaves)+1
		}
		c.Nodes = append(c.Nodes, n)
	}
	return c
}

// Leaves returns N, the number of leaves.
func (c *Cell) Leaves() int { return (len(c.Nodes) + 1) / 2 }

// Root returns the last node, 2N−2.
func (c *Cell) Root() int { return len(c.Nodes) - 1 }

// Tokens returns the canonical token sequence, 4N+2 words.
func (c *Cell) Tokens() []string {
	var words []string
	for _, n := range c.Nodes {
		words = append(words, n.Combine.Name, n.Activate.Name)
	}
	return append(words, c.Inject.Combine.Name, c.Inject.Activate.Name, strconv.Itoa(c.CIdx), strconv.Itoa(c.InjIdx))
}

// String returns the tokens, separated by spaces.
func (c *Cell) String() string { return strings.Join(c.Tokens(), " ") }

// Equations returns the cell written out, one node per line, in the notation of the
// Cell type.
func (c *Cell) Equations(bias bool) []string {
	var lines []string
	for k, n := range c.Nodes {
		line := fmt.Sprintf("p%d = %s", k, n.Combine.Equation(c.operands(k, bias)...).Text)
		value := n.Activate.Equation(op.Names(fmt.Sprintf("p%d", k))...)
		lines = append(lines, fmt.Sprintf("%-36s a%d = %s", line, k, value.Text))
		if k == c.InjIdx {
			joined := c.Inject.Combine.Equation(op.Names(fmt.Sprintf("a%d", k), "c")...)
			lines = append(lines, fmt.Sprintf("%-36s a%d ← %s", "", k, c.Inject.Activate.Equation(joined).Text))
		}
	}
	return append(lines, fmt.Sprintf("h_t = a%d", c.Root()), fmt.Sprintf("c_t = p%d", c.CIdx))
}

// operands returns what node k combines. A matrix product is a sum of products, so it
// binds like a sum.
func (c *Cell) operands(k int, bias bool) []op.Term {
	if n := c.Nodes[k]; n.Left != None {
		return op.Names(fmt.Sprintf("a%d", n.Left), fmt.Sprintf("a%d", n.Right))
	}
	input, recurrent := fmt.Sprintf("x·W%d", k), fmt.Sprintf("h·U%d", k)
	if bias {
		recurrent += fmt.Sprintf(" + b%d", k)
	}
	return []op.Term{{Text: input, Binds: op.Sum}, {Text: recurrent, Binds: op.Sum}}
}
