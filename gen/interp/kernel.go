package interp

import (
	"fmt"
	"slices"
	"sync"

	"github.com/cellgen/cellgen/gen/ir"
)

// Function applies an operator elementwise: dst[i] = op(x[0][i], x[1][i], …).
type Function = func(dst []float32, x [][]float32)

// Block has the same fields as the runtime's kernel.Block, to which it converts.
type Block struct {
	Rows, Stride int
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
	i := r.Port.Index
	switch r.Port.Kind {
	case ir.SlotIn:
		return b.Tile
	case ir.Saved:
		return b.Saved
	case ir.DSlot:
		return b.DTile
	case ir.Prev:
		return b.Prev[i]
	case ir.Next:
		return b.Next[i]
	case ir.DNext:
		return b.DNext[i]
	case ir.DPrev:
		return b.DPrev[i]
	}
	panic("interp: a block has no " + r.Name)
}

// Kernel runs a cell's forward and backward graphs in float32, each operator over all
// rows of a block at a time. A layer can run it in place of a generated kernel.
type Kernel struct {
	name              string
	forward, backward *tape
	scratch           sync.Pool // of []float32
}

// NewKernel returns the kernel of a cell. The functions are the runtime's, by the names
// of their operators; it panics if one is missing.
func NewKernel(name string, forward, backward *ir.Func, functions map[string]Function) *Kernel {
	return &Kernel{name: name, forward: newTape(forward, functions), backward: newTape(backward, functions)}
}

// Describe says what the cell is made of.
func (k *Kernel) Describe() *ir.Description { return k.forward.f.Describe(k.name) }

// Forward computes one block of units; see the runtime's kernel.Cell.
func (k *Kernel) Forward(b *Block) { k.run(k.forward, b) }

// Backward computes the cotangents of one block of units; see the runtime's
// kernel.Cell.
func (k *Kernel) Backward(b *Block) { k.run(k.backward, b) }

const units = ir.Units

func (k *Kernel) run(t *tape, b *Block) {
	if b.Rows == 0 {
		return
	}
	size := b.Rows * units
	scratch, _ := k.scratch.Get().(*[]float32)
	if scratch == nil || len(*scratch) < t.registers*size {
		scratch = new([]float32)
		*scratch = make([]float32, max(k.forward.registers, k.backward.registers)*size)
	}
	t.run(b, *scratch)
	k.scratch.Put(scratch)
}

// tape is a graph with a register assigned to every value. A register is rows·16
// elements.
type tape struct {
	f         *ir.Func
	rows      []ir.Rows
	code      []operation
	registers int
	operands  sync.Pool // of *[4][]float32
}

// place is where a port's values are: columns, one per unit, of some rows.
type place struct{ rows, offset int }

// operation computes or loads one value, and stores it where it leaves.
type operation struct {
	value    *ir.Value
	apply    Function // nil for inputs and constants
	register int
	operands []int   // the operands' registers
	source   place   // where an input comes from
	results  []place // where the value leaves
}

func newTape(f *ir.Func, functions map[string]Function) *tape {
	t := &tape{f: f, rows: f.Rows()}
	last := make(map[*ir.Value]int)
	for i, v := range f.Values {
		last[v] = i
		for _, a := range v.Args {
			last[a] = i
		}
	}
	register := make(map[*ir.Value]int)
	var free []int
	for i, v := range f.Values {
		s := operation{value: v}
		if v.Op != nil {
			if s.apply = functions[v.Op.Name]; s.apply == nil {
				panic(fmt.Sprintf("interp: no function for %s in\n%s", v.Op, f))
			}
		}
		if v.IsInput() {
			s.source = t.place(v.Port)
		}
		if len(free) == 0 {
			free = append(free, t.registers)
			t.registers++
		}
		s.register, free = free[len(free)-1], free[:len(free)-1]
		register[v] = s.register
		for _, a := range v.Args {
			s.operands = append(s.operands, register[a])
		}
		for _, r := range f.Results {
			if r.Value == v {
				s.results = append(s.results, t.place(r.Port))
			}
		}
		for _, a := range append(slices.Compact(slices.Clone(v.Args)), v) {
			if last[a] == i {
				free = append(free, register[a])
			}
		}
		t.code = append(t.code, s)
	}
	return t
}

func (t *tape) place(p ir.Port) place {
	i := ir.RowsOf(t.rows, p)
	return place{i, t.rows[i].Offset(p)}
}

// view is columns of an array, whose row r begins at r·stride.
type view struct {
	data   []float32
	stride int
}

func (t *tape) view(b *Block, at place) view {
	rows := t.rows[at.rows]
	stride := b.Stride
	if !rows.Strided {
		stride = rows.Width * units
	}
	return view{b.of(rows)[at.offset:], stride}
}

func (t *tape) run(b *Block, scratch []float32) {
	size := b.Rows * units
	operands, _ := t.operands.Get().(*[4][]float32)
	if operands == nil {
		operands = new([4][]float32)
	}
	for i := range t.code {
		s := &t.code[i]
		dst := scratch[s.register*size:][:size]
		switch {
		case s.apply != nil:
			for j, a := range s.operands {
				operands[j] = scratch[a*size:][:size]
			}
			s.apply(dst, operands[:len(s.operands)])
		case s.value.IsInput():
			from := t.view(b, s.source)
			for r := range b.Rows {
				copy(dst[r*units:][:units], from.data[r*from.stride:])
			}
		default:
			for j := range dst {
				dst[j] = float32(s.value.Const)
			}
		}
		for _, at := range s.results {
			to := t.view(b, at)
			for r := range b.Rows {
				copy(to.data[r*to.stride:][:units], dst[r*units:])
			}
		}
	}
	t.operands.Put(operands)
}
