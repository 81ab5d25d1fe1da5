package interp

import (
	"fmt"
	"slices"
	"sync"

	"github.com/cellgen/cellgen/gen/ir"
)

// Function applies an operator elementwise: dst[i] = op(x[0][i], x[1][i], …).
type Function = func(dst []float32, x [][]float32)

// Kernel runs a cell's forward and backward graphs in float32, each operator
// over all rows of a block at a time. It has the methods of the runtime's Kernel
// interface, whose contract it keeps, so that a layer runs it as it runs a
// generated kernel.
type Kernel struct {
	name              string
	leaves            int
	bias              bool
	forward, backward *tape
	scratch           sync.Pool // of []float32
}

// NewKernel returns a kernel for a cell of N leaves. The functions, by name of
// operator, are the runtime's; it panics if one is missing.
func NewKernel(name string, leaves int, bias bool, forward, backward *ir.Func, functions map[string]Function) *Kernel {
	return &Kernel{
		name: name, leaves: leaves, bias: bias,
		forward: newTape(forward, functions), backward: newTape(backward, functions),
	}
}

// Name returns the cell's name.
func (k *Kernel) Name() string { return k.name }

// Leaves returns N.
func (k *Kernel) Leaves() int { return k.leaves }

// Bias reports whether leaves have a bias.
func (k *Kernel) Bias() bool { return k.bias }

// Saved returns the number of values kept per unit.
func (k *Kernel) Saved() int { return k.forward.f.Saved() }

// Slots returns, for each slot, the leaves whose W and whose U it sums.
func (k *Kernel) Slots() (input, recurrent [][]int) {
	for _, s := range k.forward.f.Slots {
		input = append(input, s.Input)
		recurrent = append(recurrent, s.Recurrent)
	}
	return input, recurrent
}

// Forward computes one block of units; see the runtime's Kernel.
func (k *Kernel) Forward(rows int, tile, cPrev, saved, h, c []float32, stride int) {
	k.run(k.forward, rows, &ports{
		ir.SlotIn: {tile, len(k.forward.f.Slots) * units}, ir.Saved: {saved, k.Saved() * units},
		ir.CPrev: {cPrev, stride}, ir.H: {h, stride}, ir.C: {c, stride},
	})
}

// Backward computes the cotangents of one block of units; see the runtime's
// Kernel.
func (k *Kernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	k.run(k.backward, rows, &ports{
		ir.DSlot: {dtile, len(k.backward.f.Slots) * units}, ir.Saved: {saved, k.Saved() * units},
		ir.CPrev: {cPrev, stride}, ir.DH: {dh, stride}, ir.DC: {dc, stride}, ir.DCPrev: {dcPrev, stride},
	})
}

const units = 16 // of a block

// view is columns of an array: row r begins at r·stride.
type view struct {
	data   []float32
	stride int
}

// ports has the array of each kind of port, in which ports with an index are
// units columns apart.
type ports [ir.DCPrev + 1]view

// row returns the units of a port in a row.
func (p *ports) row(at ir.Port, r int) []float32 {
	v := &p[at.Kind]
	return v.data[at.Index*units+r*v.stride:][:units]
}

func (k *Kernel) run(t *tape, rows int, p *ports) {
	size := rows * units
	scratch, _ := k.scratch.Get().(*[]float32)
	if scratch == nil || len(*scratch) < t.registers*size {
		scratch = new([]float32)
		*scratch = make([]float32, max(k.forward.registers, k.backward.registers)*size)
	}
	t.run(rows, *scratch, p)
	k.scratch.Put(scratch)
}

// tape is a graph with a register given to every value: rows·16 elements each.
type tape struct {
	f         *ir.Func
	steps     []step
	registers int
	operands  sync.Pool // of *[4][]float32
}

// step computes one value.
type step struct {
	value    *ir.Value
	apply    Function // nil for inputs and constants
	register int
	operands []int // their registers
	results  []ir.Port
}

func newTape(f *ir.Func, functions map[string]Function) *tape {
	t := &tape{f: f}
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
		s := step{value: v}
		if v.Op != nil {
			if s.apply = functions[v.Op.Name]; s.apply == nil {
				panic(fmt.Sprintf("interp: no function for %s in\n%s", v.Op, f))
			}
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
				s.results = append(s.results, r.Port)
			}
		}
		for _, a := range append(slices.Compact(slices.Clone(v.Args)), v) {
			if last[a] == i {
				free = append(free, register[a])
			}
		}
		t.steps = append(t.steps, s)
	}
	return t
}

func (t *tape) run(rows int, scratch []float32, p *ports) {
	size := rows * units
	operands, _ := t.operands.Get().(*[4][]float32)
	if operands == nil {
		operands = new([4][]float32)
	}
	for i := range t.steps {
		s := &t.steps[i]
		dst := scratch[s.register*size:][:size]
		switch {
		case s.apply != nil:
			for j, a := range s.operands {
				operands[j] = scratch[a*size:][:size]
			}
			s.apply(dst, operands[:len(s.operands)])
		case s.value.IsInput():
			for r := range rows {
				copy(dst[r*units:], p.row(s.value.Port, r))
			}
		default:
			for j := range dst {
				dst[j] = float32(s.value.Const)
			}
		}
		for _, port := range s.results {
			for r := range rows {
				copy(p.row(port, r), dst[r*units:])
			}
		}
	}
	t.operands.Put(operands)
}
