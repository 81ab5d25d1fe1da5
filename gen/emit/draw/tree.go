// Package draw draws cells as figure 5 of Zoph & Le 2017 (arXiv:1611.01578) does: leaves
// at the bottom, the root on top. Data flows upwards inside a box too: the activation
// stands over its combination.
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
