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
	slots := len(k.forward.f.Slots)
	k.run(k.forward, rows, func(p ir.Port) view {
		switch p.Kind {
		case ir.SlotIn:
			return view{tile[p.Index*units:], slots * units}
		case ir.Saved:
			return view{saved[p.Index*units:], k.Saved() * units}
		case ir.CPrev:
			return view{cPrev, stride}
		case ir.H:
			return view{h, stride}
		case ir.C:
			return view{c, stride}
		}
		panic(fmt.Sprintf("interp: port %s in\n%s", p, k.forward.f))
	})
}

// Backward computes the cotangents of one block of units; see the runtime's
// Kernel.
func (k *Kernel) Backward(rows int, saved, cPrev, dh, dc, dtile, dcPrev []float32, stride int) {
	slots := len(k.backward.f.Slots)
	k.run(k.backward, rows, func(p ir.Port) view {
		switch p.Kind {
		case ir.DSlot:
			return view{dtile[p.Index*units:], slots * units}
		case ir.Saved:
			return view{saved[p.Index*units:], k.Saved() * units}
		case ir.CPrev:
			return view{cPrev, stride}
		case ir.DH:
			return view{dh, stride}
		case ir.DC:
			return view{dc, stride}
		case ir.DCPrev:
			return view{dcPrev, stride}
		}
		panic(fmt.Sprintf("interp: port %s in\n%s", p, k.backward.f))
	})
}

const units = 16 // of a block

// view is 16 columns of an array: row r begins at r·stride.
type view struct {
	data   []float32
	stride int
}

func (k *Kernel) run(t *tape, rows int, port func(ir.Port) view) {
	size := rows * units
	scratch, _ := k.scratch.Get().(*[]float32)
	if scratch == nil || len(*scratch) < t.registers*size {
		scratch = new([]float32)
		*scratch = make([]float32, max(k.forward.registers, k.backward.registers)*size)
	}
	t.run(rows, *scratch, port)
	k.scratch.Put(scratch)
}

// tape is a graph with a register given to every value: rows·16 elements each.
type tape struct {
	f         *ir.Func
	functions []Function // of each value, nil for inputs and constants
	register  map[*ir.Value]int
	registers int
	results   map[*ir.Value][]ir.Port
	operands  sync.Pool // of *[4][]float32
}

func newTape(f *ir.Func, functions map[string]Function) *tape {
	t := &tape{f: f, register: make(map[*ir.Value]int), results: make(map[*ir.Value][]ir.Port)}
	for _, r := range f.Results {
		t.results[r.Value] = append(t.results[r.Value], r.Port)
	}
	last := make(map[*ir.Value]int)
	for i, v := range f.Values {
		last[v] = i
		for _, a := range v.Args {
			last[a] = i
		}
	}
	var free []int
	for i, v := range f.Values {
		var apply Function
		if v.Op != nil {
			if apply = functions[v.Op.Name]; apply == nil {
				panic(fmt.Sprintf("interp: no function for %s in\n%s", v.Op, f))
			}
		}
		t.functions = append(t.functions, apply)
		if len(free) == 0 {
			free = append(free, t.registers)
			t.registers++
		}
		t.register[v] = free[len(free)-1]
		free = free[:len(free)-1]
		for _, a := range append(slices.Compact(slices.Clone(v.Args)), v) {
			if last[a] == i {
				free = append(free, t.register[a])
			}
		}
	}
	return t
}

func (t *tape) run(rows int, scratch []float32, port func(ir.Port) view) {
	size := rows * units
	register := func(v *ir.Value) []float32 { return scratch[t.register[v]*size:][:size] }
	operands, _ := t.operands.Get().(*[4][]float32)
	if operands == nil {
		operands = new([4][]float32)
	}
	for i, v := range t.f.Values {
		dst := register(v)
		switch {
		case v.IsInput():
			from := port(v.Port)
			for r := range rows {
				copy(dst[r*units:][:units], from.data[r*from.stride:])
			}
		case v.IsConst():
			for j := range dst {
				dst[j] = float32(v.Const)
			}
		default:
			for j, a := range v.Args {
				operands[j] = register(a)
			}
			t.functions[i](dst, operands[:len(v.Args)])
		}
		for _, p := range t.results[v] {
			to := port(p)
			for r := range rows {
				copy(to.data[r*to.stride:][:units], dst[r*units:])
			}
		}
	}
	t.operands.Put(operands)
}
