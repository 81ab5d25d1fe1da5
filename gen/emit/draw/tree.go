// Package draw draws cells, with data flowing upwards. Cells in words are trees, as in figure 5
// of Zoph & Le 2017 (arXiv:1611.01578): leaves at the bottom, the root on top, and in a box the
// activation over its combination. Cells in equations are graphs: inputs and states at the
// bottom, a box for each matrix, and the next states and the output on top.
package draw

import "github.com/cellgen/cellgen/gen/cell"

// tree is what is drawn: a cell and its name.
type tree struct {
	*cell.Cell
	name string
}

// leaf reports whether node k is a leaf.
func (t *tree) leaf(k int) bool { return t.Nodes[k].Left == cell.None }

// operands returns the nodes that node k joins.
func (t *tree) operands(k int) []int {
	if t.leaf(k) {
		return nil
	}
	return []int{t.Nodes[k].Left, t.Nodes[k].Right}
}
