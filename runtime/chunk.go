package runtime

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
		for part := range ws.team.Parts(self, ws.parts(s.width)) {
			for t := first; t < end; t++ {
				c.forwardPart(ws, self, s, t, t-first, part)
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
			for part := range ws.team.Parts(self, ws.parts(s.width)) {
				c.forwardPart(ws, self, s, t, t-first, part)
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
				if !s.Batched {
					c.forwardRange(ws, &ws.calls[self][s.index], s, t, t-first, class.share(part, parts))
				}
			}
		}
	}
}

// forwardPart computes step t of a stage for the blocks of a part.
func (c *core) forwardPart(ws *Workspace, self int, s *stage, t, at, part int) {
	c.forwardRange(ws, &ws.calls[self][s.index], s, t, at, s.share(part, ws.parts(s.width)))
}

// forwardRange computes step t of a stage for a range of blocks. Where calls take several, steps
// take turns to begin with the first block and with the last, whose weights are still in cache.
func (c *core) forwardRange(ws *Workspace, call *call, s *stage, t, at int, r span) {
	most, reverse := ws.mostBlocks(), ws.reverse(t)
	for r.n > 0 {
		b := span{0, r.first, min(most, r.n)}
		r.n -= b.n
		if reverse {
			b.first += r.n
		} else {
			r.first += b.n
		}
		for b.row = 0; b.row < ws.calledRows(); b.row++ {
			c.forwardBlocks(ws, call, s, t, at, b)
		}
	}
}
