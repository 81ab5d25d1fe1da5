package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// forward is what each worker does: chunk by chunk of ws.hoist steps.
func (c *core) forward(ws *Workspace, self int) {
	ws.flushInput(self)
	ws.refresh(self)
	for first := 0; first < ws.steps; first += ws.hoist {
		c.forwardChunk(ws, self, first, min(first+ws.hoist, ws.steps))
	}
}

// forwardChunk computes the steps from first to end: the batched stages one by one, each for
// all steps, and then the others step by step. Of these every stage of a step is a phase, as
// each unit needs all units of the operands or states before; unless no block needs another.
func (c *core) forwardChunk(ws *Workspace, self, first, end int) {
	ws.padInputs(self, first, end)
	for _, s := range c.batched {
		call := &ws.calls[self][s.index]
		for block := range ws.team.Parts(self, s.blocks) {
			for t := first; t < end; t++ {
				c.forwardBlock(ws, call, s, t, t-first, block)
			}
		}
	}
	if c.free {
		for _, class := range c.classes {
			c.forwardFree(ws, self, class, first, end)
		}
		return
	}
	for t := first; t < end; t++ {
		for _, s := range c.stepped {
			call := &ws.calls[self][s.index]
			for block := range ws.team.Parts(self, s.blocks) {
				c.forwardBlock(ws, call, s, t, t-first, block)
			}
		}
	}
}

// forwardFree is a phase that computes the stages of one width that are not batched. Workers
// share the blocks, each a range of them that lies side by side in memory, and go through it
// step by step.
func (c *core) forwardFree(ws *Workspace, self int, class *class, first, end int) {
	if class.stages[len(class.stages)-1].Batched {
		return
	}
	parts := ws.team.Size()
	for part := range ws.team.Parts(self, parts) {
		for t := first; t < end; t++ {
			for _, s := range class.stages {
				for block := part * class.blocks / parts; !s.Batched && block < (part+1)*class.blocks/parts; block++ {
					c.forwardBlock(ws, &ws.calls[self][s.index], s, t, t-first, block)
				}
			}
		}
	}
}

// yields reports whether kernels write the output, which is not a state, right to y.
func (ws *Workspace) yields() bool {
	return ws.y != nil && ws.owner.out.units == ws.owner.out.padded
}

// forwardBlock computes step t of a stage for a block: it completes the tile, and runs the
// kernel on it while it is in cache. The part of the tile that is known for a whole chunk is
// computed at its first step, for all steps; at is the step's place in the chunk.
func (c *core) forwardBlock(ws *Workspace, call *kernel.Block, s *stage, t, at, block int) {
	if !s.hoisted() {
		at = 0
		c.setBias(s, ws.tiles(s, block, 0, 1), block)
	} else if at == 0 {
		c.startTiles(ws, s, t, block)
	}
	tile := ws.tiles(s, block, at, 1)
	for _, p := range s.products[s.whole:] {
		by := matrix.Strided(ws.sources[p.of][t*ws.batch*p.stride:], ws.batch, p.rows, p.stride)
		ws.mulAdd(p.columns(tile), by, p, block)
	}
	call.Tile, call.Saved = tile.Data, ws.savedAt(s, t, block)
	for _, i := range s.prev {
		call.Prev[i] = ws.units(ws.states[i], s.padded, t, block)
	}
	for _, i := range s.next {
		call.Next[i] = ws.units(ws.states[i], s.padded, t+1, block)
	}
	if s.more {
		ws.setMore(call, s, t, block)
	}
	c.cell.Forward(s.index, call)
	if s.yields && ws.y != nil && !(s.Output && ws.yields()) {
		from := call.Output
		if !s.Output {
			from = call.Next[c.output]
		}
		c.out.unpadBlock(ws.y[t*ws.batch*c.out.units:], from, block)
	}
}

// setMore sets what most stages do not have: what they read beside states, and what they write
// forward beside states.
func (ws *Workspace) setMore(call *kernel.Block, s *stage, t, block int) {
	ws.setReads(call, s, t, block)
	for _, i := range s.Operands {
		call.Operands[i] = ws.units(ws.operands[i], s.padded, t, block)
	}
	switch {
	case s.Output && ws.yields():
		call.Output = ws.units(ws.y, s.padded, t, block)
	case s.Output:
		call.Output = ws.units(ws.out, s.padded, 0, block)
	}
}

// setReads sets the vectors and inputs that kernels read forward and backward.
func (ws *Workspace) setReads(call *kernel.Block, s *stage, t, block int) {
	if n := len(s.Vectors) * kernel.Units; n > 0 {
		call.Vectors = ws.vectorsOf(s.class)[block*n : (block+1)*n]
	}
	for _, i := range s.Inputs {
		if ws.owner.values[i].scalar {
			size := ws.batch * kernel.Units
			call.Inputs[i] = ws.wide[i][t*size : (t+1)*size]
		} else {
			call.Inputs[i] = ws.units(ws.wideRows(i, t), s.padded, t, block)
		}
	}
}

// mulAdd adds the product of rows with a block's weights.
func (ws *Workspace) mulAdd(to, by matrix.Float, p *linear, block int) {
	if weights := ws.weights[p.index]; weights != nil {
		gemm.MulAdd(to, by, panel(p.side, weights, block, p.rows))
	} else {
		gemm.MulAddHalf(to, by, panel(p.side, ws.halves[p.index], block, p.rows))
	}
}

// startTiles computes the part of tiles that is known for a whole chunk, for as many steps
// from t on as it has: one product reads its weights for all of them.
func (c *core) startTiles(ws *Workspace, s *stage, t, block int) {
	steps := min(ws.hoist, ws.steps-t)
	tiles := ws.tiles(s, block, 0, steps)
	c.setBias(s, tiles, block)
	for _, p := range s.products[:s.whole] {
		ws.mulAdd(p.columns(tiles), ws.rows(p.of, t, steps), p, block)
	}
}

// setBias sets the rows of a tile: to the bias in the slots that have one, else to zero.
func (c *core) setBias(s *stage, tile matrix.Float, block int) {
	if len(s.biases) != 1 {
		clear(tile.Data)
		for _, p := range s.biases {
			bias := panel(p.side, c.array(p.home), block, 1)
			bias.Stride = 0
			bias.Rows = tile.Rows
			gemm.AddTo(p.columns(tile), bias)
		}
		return
	}
	p := s.biases[0]
	bias, first := panel(p.side, c.array(p.home), block, 1).Data, p.first*kernel.Units
	last := first + len(bias)
	for i := range tile.Rows {
		row := tile.Data[i*tile.Stride:][:tile.Cols]
		clear(row[:first])
		copy(row[first:last], bias)
		if last < len(row) {
			clear(row[last:])
		}
	}
}
