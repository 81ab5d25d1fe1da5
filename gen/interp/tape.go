package interp

import (
	"fmt"
	"slices"
	"sync"

	"github.com/cellgen/cellgen/gen/ir"
)

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
		for _, a := range append(slices.Clone(v.Args), v) {
			if last[a] == i {
				free = append(free, register[a])
				last[a] = -1 // v may have an operand twice
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
	stride := rows.Width * units
	switch {
	case rows.Fixed:
		stride = b.VectorStride
	case rows.Strided:
		stride = b.Stride
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
