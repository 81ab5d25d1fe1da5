package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// panelsName returns the name of the function that adds products of a row with panels.
func (v vector) panelsName(columns int, half bool) string {
	if half {
		return fmt.Sprintf("mulAddPanelsHalf%s_%d", v.Name, columns)
	}
	return fmt.Sprintf("mulAddPanels%s_%d", v.Name, columns)
}

// panels emits the micro-kernel that adds the products of rows with panels of B that are some
// vectors wide. It takes them one after another, so that B comes from memory without a pause.
func (v vector) panels(columns int, half bool) {
	s := shape{rows: 1, columns: columns, half: half}
	element, b := 4, "b[p·bPanel+l·bRow+4·j]"
	if half {
		element, b = 2, "float32(b[p·bPanel+l·bRow+2·j])"
	}
	v.Begin(v.panelsName(columns, half), "func(panels, k int, a *float32, aPanel int, b *byte, bRow, bPanel int, from *float32, fromPanel int, c *float32, cPanel, ahead int)",
		"computes, strides being in bytes,", "",
		"\tfor p := range panels {",
		fmt.Sprintf("\t\tfor j := range %d {", columns*v.Lanes),
		"\t\t\tsum := from[p·fromPanel+4·j]",
		"\t\t\tfor l := range k {",
		fmt.Sprintf("\t\t\t\tsum = FMA(a[p·aPanel+4·l], %s, sum)", b),
		"\t\t\t}", "\t\t\tc[p·cPanel+4·j] = sum", "\t\t}", "\t}", "",
		"and prefetches B ahead of its reads.")
	t := &registerTile{vector: v, shape: s, element: element, sums: [][]reg.Register{v.several(columns)}}
	a, b0, from, c := v.param("a"), v.param("b"), v.param("from"), v.param("c")
	t.bRow = v.param("bRow")
	t.nextStride = t.bRow
	t.k, t.b, t.next = v.GP64(), v.GP64(), v.GP64()
	row := v.GP64()
	t.a = rows{bases: []reg.Register{row}}
	v.Label("panel")
	v.MOVQ(v.argument("k"), t.k)
	v.MOVQ(a, row)
	v.MOVQ(b0, t.b)
	v.MOVQ(b0, t.next)
	v.ADDQ(v.argument("ahead"), t.next)
	t.eachSum(from, nil, t.load)
	t.sum()
	t.eachSum(c, nil, func(at operand.Mem, sum reg.Register) { t.store(sum, at) })
	v.ADDQ(v.argument("aPanel"), a)
	v.ADDQ(v.argument("bPanel"), b0)
	v.ADDQ(v.argument("fromPanel"), from)
	v.ADDQ(v.argument("cPanel"), c)
	v.DECQ(v.argument("panels"))
	v.JNZ(operand.LabelRef("panel"))
	v.VZEROUPPER()
	v.RET()
}

// argument returns where an argument is in memory.
func (v vector) argument(name string) operand.Mem {
	param, err := v.Param(name).Resolve()
	if err != nil {
		panic("mkruntime: " + err.Error())
	}
	return param.Addr
}
