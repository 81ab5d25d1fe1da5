package amd64

import (
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/reg"
)

// assign finds registers for the vectors that only one basic block uses; avo finds
// registers for the others. When registers run out, the vector whose next use is furthest
// away leaves its register (Belady 1966). What is in memory, such as constants, inputs and
// saved values, is loaded again; anything else is spilled to the stack.
func (f *File) assign(fn *ir.Function) error {
	blocks := split(fn)
	crossing := crossing(blocks)
	frame := &frame{fn: fn, passing: f.passing}
	var nodes []ir.Node
	for _, b := range blocks {
		a, err := newAssigner(b, crossing, frame)
		if err != nil {
			return err
		}
		for _, n := range b {
			if i, ok := n.(*ir.Instruction); ok {
				a.instruction(i)
			} else {
				a.nodes = append(a.nodes, n)
			}
		}
		nodes = append(nodes, a.nodes...)
	}
	fn.Nodes = nodes
	return nil
}

// split splits a function into basic blocks: before labels and after branches.
func split(fn *ir.Function) (blocks [][]ir.Node) {
	start := 0
	for at, n := range fn.Nodes {
		if _, ok := n.(ir.Label); ok {
			blocks, start = append(blocks, fn.Nodes[start:at]), at
		}
		if i, ok := n.(*ir.Instruction); ok && i.IsBranch {
			blocks, start = append(blocks, fn.Nodes[start:at+1]), at+1
		}
	}
	return append(blocks, fn.Nodes[start:])
}

// instructions returns the instructions of a basic block.
func instructions(block []ir.Node) []*ir.Instruction {
	return (&ir.Function{Nodes: block}).Instructions()
}

// crossing returns the vectors that more than one basic block uses.
func crossing(blocks [][]ir.Node) map[reg.ID]bool {
	seen, crossing := make(map[reg.ID]int), make(map[reg.ID]bool)
	for at, b := range blocks {
		for _, i := range instructions(b) {
			for _, r := range i.Registers() {
				if !isVector(r) {
					continue
				}
				if first, ok := seen[r.ID()]; ok && first != at {
					crossing[r.ID()] = true
				}
				seen[r.ID()] = at
			}
		}
	}
	return crossing
}

// isVector reports whether r is a vector without a physical register.
func isVector(r reg.Register) bool {
	return r.Kind() == reg.KindVector && r.ID().IsVirtual()
}
