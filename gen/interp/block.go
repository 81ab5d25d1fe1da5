package interp

import "github.com/cellgen/cellgen/gen/ir"

// Block has the same fields as the runtime's kernel.Block, to which it converts.
type Block struct {
	Rows, Stride int
	VectorStride int
	Tile, Saved  []float32
	Prev, Next   [][]float32
	DTile        []float32
	DNext, DPrev [][]float32

	Vectors             []float32
	Inputs, DInputs     [][]float32
	Operands, DOperands [][]float32
	Output, DOutput     []float32
	Carried             []float32
}

// of returns the array that has a kernel's rows.
func (b *Block) of(r ir.Rows) []float32 {
	if r.Index >= 0 {
		return b.list(r)[r.Index]
	}
	switch r.Port.Kind {
	case ir.SlotIn:
		return b.Tile
	case ir.Saved:
		return b.Saved
	case ir.DSlot:
		return b.DTile
	case ir.Vector:
		return b.Vectors
	case ir.Output:
		return b.Output
	case ir.DOutput:
		return b.DOutput
	case ir.Carried:
		return b.Carried
	}
	panic("interp: a block has no " + r.Name)
}

// list returns the arrays that are of each state, input or operand.
func (b *Block) list(r ir.Rows) [][]float32 {
	switch r.Port.Kind {
	case ir.Prev:
		return b.Prev
	case ir.Next:
		return b.Next
	case ir.DNext:
		return b.DNext
	case ir.DPrev:
		return b.DPrev
	case ir.Given:
		return b.Inputs
	case ir.DGiven:
		return b.DInputs
	case ir.Operands:
		return b.Operands
	case ir.DOperands:
		return b.DOperands
	}
	panic("interp: a block has no list of " + r.Name)
}
