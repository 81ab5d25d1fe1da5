package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileRows is the most rows of a tile: with fewer, loads of B would bound it,
// with more, sums would not stay in registers.
const tileRows = 6

// A kernel of at most streamRows rows takes B as fast as memory gives it, and
// every step fetches all of a later row. With more rows, every step fetches
// fetchLines cache lines, to the second-level cache, as a group of B's rows is
// larger than the first. (A prefetch is no access: beyond the end of B it does
// nothing.)
const (
	streamRows = 3
	fetchLines = 2
)

// unroll is how many steps of a sum a turn of the loop takes.
const unroll = 2

// tiles emits a kernel for every height, of up to v.columns whole vectors, and
// of one that is not whole; and for few rows, where reading B is what takes the
// time, the same with B in half precision.
func (v vector) tiles() {
	for rows := 1; rows <= tileRows; rows++ {
		for columns := 1; columns <= v.columns[rows-1]; columns++ {
			size := fmt.Sprintf("%s_%dx%d", v.name, rows, columns)
			v.tile("tile"+size, shape{rows: rows, columns: columns})
			if rows <= streamRows {
				v.tile("half"+size, shape{rows: rows, columns: columns, half: true})
			}
		}
		v.tile(fmt.Sprintf("tile%s_%dtail", v.name, rows), shape{rows: rows, columns: 1, tail: true})
	}
}

// shape is a kernel's: its rows and columns, whether these are fewer than a
// vector, and whether B's elements are half floats.
type shape struct {
	rows, columns int
	tail, half    bool
}

// tile emits the kernel of one tile of C, which stays in registers while B's
// rows go by, each element of A meeting a row of the tile at once.
func (v vector) tile(name string, s shape) {
	v.start(name, "func(k int, a *float32, aRow int, b *byte, bStep int, c *float32, cRow, n int, next uintptr, nextStep int)")
	t := v.newTile(s)
	n, limit, b := fmt.Sprint(s.columns*v.lanes), "", fmt.Sprintf("b[l·bStep+%d·j]", t.element)
	if s.tail {
		n, limit = "n", fmt.Sprintf(" and n at most %d", v.lanes)
	}
	if s.half {
		b = "float32(" + b + ")"
	}
	v.Doc(
		fmt.Sprintf("%s computes, strides being in bytes%s,", name, limit), "",
		fmt.Sprintf("\tfor r := range %d {", s.rows),
		fmt.Sprintf("\t\tfor j := range %s {", n),
		"\t\t\tfor l := range k {",
		fmt.Sprintf("\t\t\t\tc[r·cRow+4·j] = FMA(a[r·aRow+4·l], %s, c[r·cRow+4·j])", b),
		"\t\t\t}", "\t\t}", "\t}")
	t.eachOfC(t.load)
	if s.rows > 1 {
		t.fetchSums()
	}
	t.sum()
	t.eachOfC(func(at operand.Mem, sum reg.Register) { t.store(sum, at) })
	v.VZEROUPPER()
	v.RET()
}

// tile is a kernel's registers.
type tile struct {
	vector
	element           int // bytes of one of B's
	k                 reg.Register
	a                 rows
	b, bStep, c, cRow reg.Register
	next, nextStep    reg.Register
	mask              reg.Register // nil if vectors are whole
	sums              [][]reg.Register
	row               []reg.Register // of B
}

func (v vector) newTile(s shape) *tile {
	t := &tile{vector: v, element: 4, k: v.param("k")}
	if s.half {
		t.element = 2
	}
	t.a = v.newRows(s.rows, v.param("a"), v.param("aRow"))
	t.b, t.bStep = v.param("b"), v.param("bStep")
	t.c, t.cRow = v.param("c"), v.param("cRow")
	if s.tail {
		t.mask = v.tail(v.param("n"))
	}
	t.next, t.nextStep = v.param("next"), v.param("nextStep")
	for range s.rows {
		t.sums = append(t.sums, v.vectors(s.columns))
	}
	t.row = v.vectors(s.columns)
	return t
}

// vectors returns n registers.
func (v vector) vectors(n int) []reg.Register {
	list := make([]reg.Register, n)
	for i := range list {
		list[i] = v.new()
	}
	return list
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
			emit(operand.Mem{Base: row, Disp: 4 * t.lanes * j}, sum)
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

// fetchSums fetches the sums of the kernel that goes on with the next rows.
func (t *tile) fetchSums() {
	row := t.GP64()
	t.MOVQ(t.c, row)
	for range t.sums {
		t.ADDQ(t.cRow, row)
	}
	for r := range tileRows {
		if r > 0 {
			t.ADDQ(t.cRow, row)
		}
		for line := 0; line < 4*t.lanes*len(t.row); line += 64 {
			t.PREFETCHT0(operand.Mem{Base: row, Disp: line})
		}
	}
}

// step emits one row of B and one column of A, l steps after where A stands.
func (t *tile) step(l int) {
	b := make([]operand.Op, len(t.row))
	for j := range b {
		b[j] = t.elementsOfB(j)
	}
	t.fetch()
	a := t.new()
	for r, sums := range t.sums {
		at := t.a.at(r)
		at.Disp = 4 * l
		t.VBROADCASTSS(at, a)
		for j, sum := range sums {
			t.VFMADD231PS(b[j], a, sum)
		}
	}
	t.ADDQ(t.bStep, t.b)
}

// elementsOfB emits the load of a vector of B, unless it may be an FMA's operand.
func (t *tile) elementsOfB(j int) operand.Op {
	at := operand.Mem{Base: t.b, Disp: t.element * t.lanes * j}
	switch {
	case t.element == 2:
		t.VCVTPH2PS(at, t.row[j])
	case len(t.sums) > 1 || t.mask != nil:
		t.load(at, t.row[j])
	default:
		return at
	}
	return t.row[j]
}

// fetch emits a step's fetches.
func (t *tile) fetch() {
	if len(t.sums) <= streamRows {
		for line := 0; line < t.element*t.lanes*len(t.row); line += 64 {
			t.PREFETCHT0(operand.Mem{Base: t.next, Disp: line})
		}
	} else {
		for line := range fetchLines {
			t.PREFETCHT1(operand.Mem{Base: t.next, Disp: 64 * line})
		}
	}
	t.ADDQ(t.nextStep, t.next)
}

// advance moves on in A.
func (t *tile) advance(steps int) {
	for _, base := range t.a.bases {
		t.ADDQ(operand.I8(4*steps), base)
	}
}

// load and store move whole vectors, but for a tile with a mask.
func (t *tile) load(from operand.Mem, to reg.Register) {
	if t.mask == nil {
		t.VMOVUPS(from, to)
	} else {
		t.vector.load(from, t.mask, to)
	}
}

func (t *tile) store(from reg.Register, to operand.Mem) {
	if t.mask == nil {
		t.VMOVUPS(from, to)
	} else {
		t.vector.store(from, t.mask, to)
	}
}
