package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// x is the caller's, and seldom has tiny numbers. So it is looked through, and copied only
// if it has some.

// inputPart is how many values of x one worker looks at in less time than workers take to
// wait for each other.
const inputPart = 1 << 14

// flushInput looks for tiny numbers in x, and flushes all of it if there are any. It has no
// phase if one worker may do that alone, before the others start.
func (ws *Workspace) flushInput(self int) {
	n := len(ws.x)
	if n <= inputPart {
		return
	}
	parts := (n + inputPart - 1) / inputPart
	for part := range ws.team.Parts(self, parts) {
		ws.findTiny(part*inputPart, min(n, (part+1)*inputPart))
	}
	if ws.tiny.Load() { // all workers see the same
		for part := range ws.team.Parts(self, parts) {
			ws.copyInput(part*inputPart, min(n, (part+1)*inputPart))
		}
	}
}

// flushShortInput is flushInput without other workers.
func (ws *Workspace) flushShortInput() {
	if n := len(ws.x); n <= inputPart {
		ws.findTiny(0, n)
		if ws.tiny.Load() {
			ws.copyInput(0, n)
		}
	}
}

// findTiny looks for numbers that count as 0 in a part of x.
func (ws *Workspace) findTiny(first, end int) {
	if gemm.AnyTiny(ws.x[first:end]) {
		ws.tiny.Store(true)
	}
}

// copyInput flushes a part of x.
func (ws *Workspace) copyInput(first, end int) {
	kernel.FlushTo(ws.flushed[first:end], ws.x[first:end])
}

// flushedInput returns x without tiny numbers.
func (ws *Workspace) flushedInput() []float32 {
	if ws.tiny.Load() {
		return ws.flushed
	}
	return ws.x
}
