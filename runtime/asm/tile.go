package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileRows is the most rows of a tile: with fewer, loads of B would bound it,
// with more, sums would not stay in registers.
const tileRows = 6

// B comes from memory, in short pieces that are far apart, which the processor
// does not foresee: it is fetched 2^prefetch rows ahead, to the second-level cache,
// as rows a power of two apart would push each other out of the first. (A prefetch
// is no access: beyond the end of B it does nothing.)
const prefetch = 5

// tiles emits a kernel for every height, of up to v.columns whole vectors, and
// of one that is not whole.
func (v vector) tiles() {
	for rows := 1; rows <= tileRows; rows++ {
		for columns := 1; columns <= v.columns; columns++ {
			name := fmt.Sprintf("tile%s_%dx%d", v.name, rows, columns)
			v.tile(name, rows, columns, false)
		}
		v.tile(fmt.Sprintf("tile%s_%dtail", v.name, rows), rows, 1, true)
	}
}

// tile emits the kernel of one tile of C, which stays in registers while B's
// rows go by, each element of A meeting a row of the tile at once.
func (v vector) tile(name string, rows, columns int, tail bool) {
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.Pragma("noescape")
	v.SignatureExpr("func(k int, a *float32, aRow, aStep int, b *float32, bStep int, c *float32, cRow, n int)")
	n, limit := fmt.Sprint(columns*v.lanes), ""
	if tail {
		n, limit = "n", fmt.Sprintf(" and n at most %d", v.lanes)
	}
	v.Doc(
		fmt.Sprintf("%s computes, strides being in bytes%s,", name, limit), "",
		fmt.Sprintf("\tfor r := range %d {", rows),
		fmt.Sprintf("\t\tfor j := range %s {", n),
		"\t\t\tfor l := range k {",
		"\t\t\t\tc[r·cRow+4·j] = FMA(a[r·aRow+l·aStep], b[l·bStep+4·j], c[r·cRow+4·j])",
		"\t\t\t}", "\t\t}", "\t}")
	t := v.newTile(rows, columns, tail)
	t.eachOfC(t.load)
	v.TESTQ(t.k, t.k)
	v.JZ(operand.LabelRef("store"))
	v.Label("step")
	t.step()
	v.DECQ(t.k)
	v.JNZ(operand.LabelRef("step"))
	v.Label("store")
	t.eachOfC(func(at operand.Mem, sum reg.Register) { t.store(sum, at) })
	v.VZEROUPPER()
	v.RET()
}

// tile is a kernel's registers.
type tile struct {
	vector
	k, aRow, aStep, bStep, cRow reg.Register
	a                           []reg.Register // of rows 0, 3, …
	b, ahead, c                 reg.Register   // ahead of b: what is fetched
	mask                        reg.Register   // nil if vectors are whole
	sums                        [][]reg.Register
	row                         []reg.Register // of B
}

func (v vector) newTile(rows, columns int, tail bool) *tile {
	param := func(name string) reg.Register { return v.Load(v.Param(name), v.GP64()) }
	t := &tile{vector: v, k: param("k")}
	t.a = []reg.Register{param("a")}
	t.aRow, t.aStep = param("aRow"), param("aStep")
	t.b, t.bStep = param("b"), param("bStep")
	t.c, t.cRow = param("c"), param("cRow")
	if tail {
		t.mask = v.tail(param("n"))
	}
	for r := 3; r < rows; r += 3 {
		next := v.GP64()
		v.LEAQ(operand.Mem{Base: t.a[r/3-1], Index: t.aRow, Scale: 2}, next)
		v.ADDQ(t.aRow, next)
		t.a = append(t.a, next)
	}
	t.ahead = v.GP64()
	v.MOVQ(t.bStep, t.ahead)
	v.SHLQ(operand.U8(prefetch), t.ahead)
	v.ADDQ(t.b, t.ahead)
	for range rows {
		t.sums = append(t.sums, v.vectors(columns))
	}
	t.row = v.vectors(columns)
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

// step emits one row of B, one column of A.
func (t *tile) step() {
	for j, b := range t.row {
		t.load(operand.Mem{Base: t.b, Disp: 4 * t.lanes * j}, b)
	}
	for line := 0; line < 4*t.lanes*len(t.row); line += 64 {
		t.PREFETCHT1(operand.Mem{Base: t.ahead, Disp: line})
	}
	t.ADDQ(t.bStep, t.b)
	t.ADDQ(t.bStep, t.ahead)
	a := t.new()
	for r, sums := range t.sums {
		at := operand.Mem{Base: t.a[r/3]}
		if r%3 > 0 {
			at.Index, at.Scale = t.aRow, uint8(r%3)
		}
		t.VBROADCASTSS(at, a)
		for j, sum := range sums {
			t.VFMADD231PS(t.row[j], a, sum)
		}
	}
	for _, base := range t.a {
		t.ADDQ(t.aStep, base)
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
