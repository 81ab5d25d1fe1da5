package main

import "github.com/mmcloughlin/avo/operand"

// fetchLines is how many cache lines of what is read later a term of the sum fetches, if
// its register tile has more than streamRows rows. They go to the second-level cache, as
// the rows of B that one pass reads do not fit into the first. (A prefetch never faults:
// beyond the end of B it does nothing.)
const fetchLines = 2

// fetch emits the fetches of one term: with few rows, all of B that a later term reads.
func (t *registerTile) fetch() {
	if t.rows <= streamRows {
		for line := 0; line < t.element*t.Lanes*t.columns; line += 64 {
			t.PREFETCHT0(operand.Mem{Base: t.next, Disp: line})
		}
	} else {
		for line := range fetchLines {
			t.PREFETCHT1(operand.Mem{Base: t.next, Disp: 64 * line})
		}
	}
	t.ADDQ(t.nextStride, t.next)
}

// fetchSums emits fetches of the sums that the call for the next rows begins with.
func (t *registerTile) fetchSums() {
	row, stride := t.param("from"), t.param("fromRow")
	for range t.rows {
		t.ADDQ(stride, row)
	}
	for r := range maxRows {
		if r > 0 {
			t.ADDQ(stride, row)
		}
		for line := 0; line < 4*t.Lanes*t.columns; line += 64 {
			t.PREFETCHT0(operand.Mem{Base: row, Disp: line})
		}
	}
}
