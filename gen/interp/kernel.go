package interp

import (
	"sync"

	"github.com/cellgen/cellgen/gen/ir"
)

// Function applies an operator elementwise: dst[i] = op(x[0][i], x[1][i], …).
type Function = func(dst []float32, x [][]float32)

// Kernel runs the forward and backward graphs of a cell's stages in float32, each operator
// over all rows of a block at a time. A layer can run it in place of a generated kernel.
type Kernel struct {
	name              string
	stages            []ir.Stage
	forward, backward []*tape   // of each stage
	registers         int       // that any of them takes
	scratch           sync.Pool // of *[]float32
}

// NewKernel returns the kernel of a cell. The functions are the runtime's, by the names
// of their operators; it panics if one is missing.
func NewKernel(name string, stages []ir.Stage, functions map[string]Function) *Kernel {
	k := &Kernel{name: name, stages: stages}
	for _, s := range stages {
		forward, backward := newTape(s.Forward, functions), newTape(s.Backward, functions)
		k.forward, k.backward = append(k.forward, forward), append(k.backward, backward)
		k.registers = max(k.registers, forward.registers, backward.registers)
	}
	return k
}

// Describe says what the cell is made of.
func (k *Kernel) Describe() *ir.Description { return ir.Describe(k.name, k.stages) }

// Forward computes one block of units of a stage; see the runtime's kernel.Cell.
func (k *Kernel) Forward(stage int, b *Block) { k.run(k.forward[stage], b) }

// Backward computes the cotangents of one block of units of a stage; see the runtime's
// kernel.Cell.
func (k *Kernel) Backward(stage int, b *Block) { k.run(k.backward[stage], b) }

const units = ir.Units

func (k *Kernel) run(t *tape, b *Block) {
	if b.Rows == 0 {
		return
	}
	size := b.Rows * units
	scratch, _ := k.scratch.Get().(*[]float32)
	if scratch == nil || len(*scratch) < t.registers*size {
		scratch = new([]float32)
		*scratch = make([]float32, k.registers*size)
	}
	t.run(b, *scratch)
	k.scratch.Put(scratch)
}
