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
	Inject Step // what joins c_{t-1} to the value of node InjIdx
	CIdx   int  // the node whose pre-activation is c_t
	InjIdx int
}

// Step is a combination followed by an activation.
type Step struct {
	Combine, Activate *op.Op
}

// Node is a node of the tree. Left and Right are the nodes it joins, and equal
// to None for a leaf.
type Node struct {
	Step
	Left, Right int
}

// None is no node.
const None = -1

// MaxLeaves bounds N: enough for any searched cell, small enough that a
// generated kernel is one function.
const MaxLeaves = 1024

// New joins the steps of 2N−1 nodes into a tree: pairs are taken first in,
// first out. It panics if the number of steps is even or an index is no node.
func New(steps []Step, inject Step, cIdx, injIdx int) *Cell {
	if len(steps)%2 == 0 || cIdx < 0 || cIdx >= len(steps) || injIdx < 0 || injIdx >= len(steps) {
		panic(fmt.Sprintf("cell: %d nodes with indices %d and %d", len(steps), cIdx, injIdx))
	}
	c := &Cell{Inject: inject, CIdx: cIdx, InjIdx: injIdx}
	leaves := (len(steps) + 1) / 2
	for k, s := range steps {
		n := Node{Step: s, Left: None, Right: None}
		if k >= leaves {
			// The queue is the nodes in order: inner node k pops the next two.
			n.Left, n.Right = 2*(k-leaves), 2*(k-leaves)+1
		}
		c.Nodes = append(c.Nodes, n)
	}
	return c
}

// Leaves returns N.
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

// String returns the tokens, parted by blanks.
func (c *Cell) String() string { return strings.Join(c.Tokens(), " ") }

// Equations returns the cell written out, one node a line, in the terms of the
// Cell type.
func (c *Cell) Equations(bias bool) []string {
	var lines []string
	for k, n := range c.Nodes {
		line := fmt.Sprintf("p%d = %s", k, n.Combine.Equation(c.operands(k, bias)...))
		value := n.Activate.Equation(fmt.Sprintf("p%d", k))
		lines = append(lines, fmt.Sprintf("%-36s a%d = %s", line, k, value))
		if k == c.InjIdx {
			joined := c.Inject.Combine.Equation(fmt.Sprintf("a%d", k), "c")
			lines = append(lines, fmt.Sprintf("%-36s a%d ← %s", "", k, c.Inject.Activate.Equation(joined)))
		}
	}
	return append(lines, fmt.Sprintf("h_t = a%d", c.Root()), fmt.Sprintf("c_t = p%d", c.CIdx))
}

func (c *Cell) operands(k int, bias bool) []string {
	if n := c.Nodes[k]; n.Left != None {
		return []string{fmt.Sprintf("a%d", n.Left), fmt.Sprintf("a%d", n.Right)}
	}
	input, recurrent := fmt.Sprintf("x·W%d", k), fmt.Sprintf("h·U%d", k)
	if bias {
		recurrent += fmt.Sprintf(" + b%d", k)
	}
	if c.Nodes[k].Combine.Name == "mul" {
		input, recurrent = "("+input+")", "("+recurrent+")"
	}
	return []string{input, recurrent}
}
