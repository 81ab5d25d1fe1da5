package main

import "github.com/mmcloughlin/avo/operand"

// fetchLines is how many cache lines a step fetches of what is read later, if its tile
// has more than streamRows rows: to the second-level cache, as a group of B's rows is
// larger than the first. (A prefetch is no access: beyond the end of B it does nothing.)
const fetchLines = 2

// fetch emits a step's fetches: of few rows, all that a later step reads.
func (t *tile) fetch() {
	if t.rows <= streamRows {
		for line := 0; line < t.element*t.Lanes*t.columns; line += 64 {
			t.PREFETCHT0(operand.Mem{Base: t.next, Disp: line})
		}
	} else {
		for line := range fetchLines {
			t.PREFETCHT1(operand.Mem{Base: t.next, Disp: 64 * line})
		}
	}
	t.ADDQ(t.nextStep, t.next)
}

// fetchSums fetches the sums of the kernel that goes on with the next rows.
func (t *tile) fetchSums() {
	row := t.GP64()
	t.MOVQ(t.c, row)
	for range t.rows {
		t.ADDQ(t.cRow, row)
	}
	for r := range tileRows {
		if r > 0 {
			t.ADDQ(t.cRow, row)
		}
		for line := 0; line < 4*t.Lanes*t.columns; line += 64 {
			t.PREFETCHT0(operand.Mem{Base: row, Disp: line})
		}
	}
}
