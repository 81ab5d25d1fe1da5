package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unroll is how many terms of a sum one iteration of the loop takes.
const unroll = 2

// microKernel emits the micro-kernel of a shape. Its register tile of C stays in
// registers while the rows of B go by; each element of A meets a whole row of B.
func (v vector) microKernel(s shape) {
	element, n, limit := 4, fmt.Sprint(s.columns*v.Lanes), ""
	b := "b[l·bRow+4·j]"
	if s.half {
		element, b = 2, "float32(b[l·bRow+2·j])"
	}
	if s.tail {
		n, limit = "n", fmt.Sprintf(" and n at most %d", v.Lanes)
	}
	v.Begin(v.microKernelName(s), "func(k int, a *float32, aRow int, b *byte, bRow int, from *float32, fromRow int, c *float32, cRow, n int, next uintptr, nextStride int)",
		fmt.Sprintf("computes, strides being in bytes%s,", limit), "",
		fmt.Sprintf("\tfor r := range %d {", s.rows),
		fmt.Sprintf("\t\tfor j := range %s {", n),
		"\t\t\tsum := from[r·fromRow+4·j]",
		"\t\t\tfor l := range k {",
		fmt.Sprintf("\t\t\t\tsum = FMA(a[r·aRow+4·l], %s, sum)", b),
		"\t\t\t}", "\t\t\tc[r·cRow+4·j] = sum", "\t\t}", "\t}")
	t := v.newRegisterTile(s, element)
	t.eachSum(t.param("from"), t.param("fromRow"), t.load)
	if s.rows > 1 {
		t.fetchSums()
	}
	t.sum()
	t.eachSum(t.param("c"), t.param("cRow"), func(at operand.Mem, sum reg.Register) { t.store(sum, at) })
	v.VZEROUPPER()
	v.RET()
}

// registerTile is the shape of a micro-kernel and its registers.
type registerTile struct {
	vector
	shape
	element          int // bytes of one element of B
	k                reg.Register
	a                rows
	b, bRow          reg.Register
	next, nextStride reg.Register
	mask             reg.Register // of a tail
	sums             [][]reg.Register
}

func (v vector) newRegisterTile(s shape, element int) *registerTile {
	t := &registerTile{vector: v, shape: s, element: element, k: v.param("k")}
	t.a = v.newRows(s.rows, v.param("a"), v.param("aRow"))
	t.b, t.bRow = v.param("b"), v.param("bRow")
	if s.tail {
		t.mask = v.Tail(v.param("n"))
	}
	t.next, t.nextStride = v.param("next"), v.param("nextStride")
	for range s.rows {
		t.sums = append(t.sums, v.several(s.columns))
	}
	return t
}

// eachSum calls emit for every vector of a matrix like C and the register of its sum. row is
// the address of its first row.
func (t *registerTile) eachSum(row, stride reg.Register, emit func(at operand.Mem, sum reg.Register)) {
	for r, sums := range t.sums {
		if r > 0 {
			t.ADDQ(stride, row)
		}
		for j, sum := range sums {
			emit(operand.Mem{Base: row, Disp: 4 * t.Lanes * j}, sum)
		}
	}
}

// sum emits the unrolled loop over k, and a second loop for the terms left over.
func (t *registerTile) sum() {
	t.SUBQ(operand.I8(unroll), t.k)
	t.JL(operand.LabelRef("rest"))
	t.Label("terms")
	for l := range unroll {
		t.term(l)
	}
	t.advance(unroll)
	t.SUBQ(operand.I8(unroll), t.k)
	t.JGE(operand.LabelRef("terms"))
	t.Label("rest")
	t.ADDQ(operand.I8(unroll), t.k)
	t.JZ(operand.LabelRef("store"))
	t.Label("term")
	t.term(0)
	t.advance(1)
	t.DECQ(t.k)
	t.JNZ(operand.LabelRef("term"))
	t.Label("store")
}

// term emits the l-th term after where A stands: the product of a column of A and a row
// of B. The whole row of B is loaded first if there are registers for it; if not, which
// happens with a single row of C, each vector is used as soon as it is loaded.
func (t *registerTile) term(l int) {
	b := t.elementsOfB
	if (t.rows+1)*t.columns+1 <= t.Registers {
		row := make([]operand.Op, t.columns)
		for j := range row {
			row[j] = t.elementsOfB(j)
		}
		b = func(j int) operand.Op { return row[j] }
	}
	t.fetch()
	a := t.New()
	for r, sums := range t.sums {
		at := t.a.at(r)
		at.Disp = 4 * l
		t.VBROADCASTSS(at, a)
		for j, sum := range sums {
			t.VFMADD231PS(b(j), a, sum)
		}
	}
	t.ADDQ(t.bRow, t.b)
}

// elementsOfB emits the load of a vector of B, unless an FMA can take it from memory.
func (t *registerTile) elementsOfB(j int) operand.Op {
	at := operand.Mem{Base: t.b, Disp: t.element * t.Lanes * j}
	if t.rows == 1 && !t.half && !t.tail {
		return at
	}
	x := t.New()
	if t.half {
		t.VCVTPH2PS(at, x)
	} else {
		t.load(at, x)
	}
	return x
}

// advance moves on by some columns of A.
func (t *registerTile) advance(columns int) {
	for _, base := range t.a.bases {
		t.ADDQ(operand.I8(4*columns), base)
	}
}

// load and store move whole vectors, except in a tail.
func (t *registerTile) load(from operand.Mem, to reg.Register) {
	if t.tail {
		t.LoadTail(from, t.mask, to)
	} else {
		t.VMOVUPS(from, to)
	}
}

func (t *registerTile) store(from reg.Register, to operand.Mem) {
	if t.tail {
		t.StoreTail(from, t.mask, to)
	} else {
		t.VMOVUPS(from, to)
	}
}
