package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unroll is how many steps of a sum a turn of the loop takes.
const unroll = 2

// tile emits the kernel of one tile of C, which stays in registers while B's
// rows go by, each element of A meeting a row of the tile at once.
func (v vector) tile(s shape) {
	element, n, limit := 4, fmt.Sprint(s.columns*v.Lanes), ""
	b := "b[l·bStep+4·j]"
	if s.half {
		element, b = 2, "float32(b[l·bStep+2·j])"
	}
	if s.tail {
		n, limit = "n", fmt.Sprintf(" and n at most %d", v.Lanes)
	}
	v.Begin(v.kernel(s), "func(k int, a *float32, aRow int, b *byte, bStep int, c *float32, cRow, n int, next uintptr, nextStep int)",
		fmt.Sprintf("computes, strides being in bytes%s,", limit), "",
		fmt.Sprintf("\tfor r := range %d {", s.rows),
		fmt.Sprintf("\t\tfor j := range %s {", n),
		"\t\t\tfor l := range k {",
		fmt.Sprintf("\t\t\t\tc[r·cRow+4·j] = FMA(a[r·aRow+4·l], %s, c[r·cRow+4·j])", b),
		"\t\t\t}", "\t\t}", "\t}")
	t := v.newTile(s, element)
	t.eachOfC(t.load)
	if s.rows > 1 {
		t.fetchSums()
	}
	t.sum()
	t.eachOfC(func(at operand.Mem, sum reg.Register) { t.store(sum, at) })
	v.VZEROUPPER()
	v.RET()
}

// tile is a kernel's shape and registers.
type tile struct {
	vector
	shape
	element           int // bytes of one of B's
	k                 reg.Register
	a                 rows
	b, bStep, c, cRow reg.Register
	next, nextStep    reg.Register
	mask              reg.Register // of a tail
	sums              [][]reg.Register
}

func (v vector) newTile(s shape, element int) *tile {
	t := &tile{vector: v, shape: s, element: element, k: v.param("k")}
	t.a = v.newRows(s.rows, v.param("a"), v.param("aRow"))
	t.b, t.bStep = v.param("b"), v.param("bStep")
	t.c, t.cRow = v.param("c"), v.param("cRow")
	if s.tail {
		t.mask = v.Tail(v.param("n"))
	}
	t.next, t.nextStep = v.param("next"), v.param("nextStep")
	for range s.rows {
		t.sums = append(t.sums, v.several(s.columns))
	}
	return t
}

// eachOfC emits something for every vector of C and the sum that stands for it.
func (t *tile) eachOfC(emit func(at operand.Mem, sum reg.Register)) {
	row := t.GP64()
	t.MOVQ(t.c, row)
	for r, sums := range t.sums {
		if r > 0 {
			t.ADDQ(t.cRow, row)
		}
		for j, sum := range sums {
			emit(operand.Mem{Base: row, Disp: 4 * t.Lanes * j}, sum)
		}
	}
}

// sum emits the loop over k, unrolled, and one for the steps left over.
func (t *tile) sum() {
	t.SUBQ(operand.I8(unroll), t.k)
	t.JL(operand.LabelRef("rest"))
	t.Label("steps")
	for l := range unroll {
		t.step(l)
	}
	t.advance(unroll)
	t.SUBQ(operand.I8(unroll), t.k)
	t.JGE(operand.LabelRef("steps"))
	t.Label("rest")
	t.ADDQ(operand.I8(unroll), t.k)
	t.JZ(operand.LabelRef("store"))
	t.Label("step")
	t.step(0)
	t.advance(1)
	t.DECQ(t.k)
	t.JNZ(operand.LabelRef("step"))
	t.Label("store")
}

// step emits one row of B and one column of A, l steps after where A stands. B's row is
// loaded first, unless there are too few registers for all of it: a single row of C takes
// each vector as it comes.
func (t *tile) step(l int) {
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
	t.ADDQ(t.bStep, t.b)
}

// elementsOfB emits the load of a vector of B, unless it may be an FMA's operand.
func (t *tile) elementsOfB(j int) operand.Op {
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

// advance moves on in A.
func (t *tile) advance(steps int) {
	for _, base := range t.a.bases {
		t.ADDQ(operand.I8(4*steps), base)
	}
}

// load and store move whole vectors, except in a tail.
func (t *tile) load(from operand.Mem, to reg.Register) {
	if t.tail {
		t.LoadTail(from, t.mask, to)
	} else {
		t.VMOVUPS(from, to)
	}
}

func (t *tile) store(from reg.Register, to operand.Mem) {
	if t.tail {
		t.StoreTail(from, t.mask, to)
	} else {
		t.VMOVUPS(from, to)
	}
}
