package runtime

import (
	"github.com/cellgen/cellgen/runtime/internal/gemm"
	"github.com/cellgen/cellgen/runtime/internal/matrix"
	"github.com/cellgen/cellgen/runtime/kernel"
)

// forwardBlocks computes step t of a stage for some blocks: it completes the tiles, and runs
// the kernel on them while they are in cache. The part of the tiles that is known for a whole
// chunk is computed at its first step, for all steps; at is the step's place in the chunk.
func (c *core) forwardBlocks(ws *Workspace, call *call, s *stage, t, at int, b span) {
	tile, products := ws.tileOf(call, s, at, b), s.products
	var from matrix.Float
	if call.tile != nil {
		from = c.begin(call, s, tile, b)
	} else {
		products = s.products[s.whole:]
		for i := 0; at == 0 && b.row == 0 && i < b.n; i++ {
			c.startTiles(ws, call, s, t, b.first+i)
		}
	}
	for _, p := range products {
		to := p.columns(tile)
		if from.Data == nil {
			from = to
		}
		ws.addProduct(to, from, p, t, b)
		from.Data = nil
	}
	if s.alike {
		c.forwardKernel(ws, call, s, tile, t, b)
		return
	}
	rows := tile.Rows / b.n
	for i := range b.n {
		c.forwardKernel(ws, call, s, tile.Block(i*rows, rows), t, span{b.row, b.first + i, 1})
	}
}

// begin returns what the first product of brief tiles begins with: zeros or the bias if this is
// alike for all its columns, whose other columns are set, and else the tiles, which are set.
func (c *core) begin(call *call, s *stage, tile matrix.Float, b span) (from matrix.Float) {
	if len(s.products) > 0 && len(s.biases) == 0 {
		p := s.products[0]
		zeros := call.row[:tile.Cols]
		clear(zeros)
		setBeside(tile, zeros, p.first*kernel.Units, p.width())
		return p.columns(matrix.Strided(zeros, tile.Rows, tile.Cols, 0))
	}
	c.setTiles(s, tile, b)
	return matrix.Float{}
}

// addProduct sets tiles to what they, or other rows, are and the product of rows of step t.
func (ws *Workspace) addProduct(to, from matrix.Float, p *linear, t int, b span) {
	by := ws.rows(p.of, t, 1)
	if !ws.byRow {
		ws.mulAdd(to, from, by, p, b.first)
		return
	}
	row := matrix.Strided(by.Row(b.row), b.n, by.Cols, 0)
	if weights := ws.weights[p.index]; weights != nil {
		gemm.MulAddPanels(to, from, row, panelsOf(p.side, weights, b, p.rows))
	} else {
		gemm.MulAddPanelsHalf(to, from, row, panelsOf(p.side, ws.halves[p.index], b, p.rows))
	}
}

// forwardKernel runs the kernel of a stage on the tiles of some blocks.
func (c *core) forwardKernel(ws *Workspace, call *call, s *stage, tile matrix.Float, t int, b span) {
	call.Tile, call.Saved, call.Rows = tile.Data, call.saved, tile.Rows
	if call.saved == nil {
		call.Saved = ws.savedAt(s, t, b)
	}
	for _, i := range s.prev {
		rows, at := ws.stateRows(i, t)
		call.Prev[i] = ws.units(rows, s.padded, at, b)
	}
	for _, i := range s.next {
		rows, at := ws.stateRows(i, t+1)
		call.Next[i] = ws.units(rows, s.padded, at, b)
	}
	if s.more {
		ws.setMore(call, s, t, b)
	}
	c.cell.Forward(s.index, &call.Block)
	if s.yields && ws.y != nil && !ws.direct {
		from := call.Output
		if !s.Output {
			from = call.Next[c.output]
		}
		c.out.unpadBlocks(ws.y[(t*ws.batch+b.row)*c.out.units:], from, b)
	}
	c.freezeRows(ws, s, t, b)
	ws.maskRows(s, t, b)
}

// yields reports whether kernels write the output right to y. An output that is a state is read
// there too, at the next step; for Backward it must be kept apart from the caller's y.
func (ws *Workspace) yields() bool {
	c := ws.owner
	state := c.output >= 0
	return ws.y != nil && c.out.units == c.out.padded && (!state || ws.inference && !c.state(c.output).whole() && len(ws.lengths) == 0)
}

// setMore sets what most stages do not have: what they read beside states, and what they write
// forward beside states.
func (ws *Workspace) setMore(call *call, s *stage, t int, b span) {
	ws.setReads(call, s, t, b)
	for _, i := range s.Operands {
		call.Operands[i] = ws.units(ws.operands[i], s.padded, ws.operandStep(i, t), b)
	}
	switch {
	case s.Output && ws.direct:
		call.Output = ws.units(ws.y, s.padded, t, b)
	case s.Output:
		call.Output = ws.units(ws.out, s.padded, 0, b)
	}
}

// setReads sets the vectors and inputs that kernels read forward and backward.
func (ws *Workspace) setReads(call *call, s *stage, t int, b span) {
	if n := len(s.Vectors) * kernel.Units; n > 0 {
		call.Vectors = ws.vectorsOf(s.class)[b.first*n : (b.first+b.n)*n]
	}
	for _, i := range s.Inputs {
		if ws.owner.values[i].scalar {
			size := ws.batch * kernel.Units
			call.Inputs[i] = ws.wide[i][t*size : (t+1)*size]
		} else {
			call.Inputs[i] = ws.units(ws.wideRows(i, t), s.padded, t, b)
		}
	}
}

// mulAdd sets a block's tiles to what they, or other rows, are and the product of rows with the
// block's weights.
func (ws *Workspace) mulAdd(to, from, by matrix.Float, p *linear, block int) {
	if weights := ws.weights[p.index]; weights != nil {
		gemm.MulAddTo(to, from, by, panel(p.side, weights, block, p.rows))
	} else {
		gemm.MulAddHalfTo(to, from, by, panel(p.side, ws.halves[p.index], block, p.rows))
	}
}

// startTiles computes the part of a block's tiles that is known for a whole chunk, for as many
// steps from t on as it has: one product reads its weights for all of them. The first product
// begins with the bias; slots that it does not have are set to theirs.
func (c *core) startTiles(ws *Workspace, call *call, s *stage, t, block int) {
	steps := min(ws.hoist, ws.steps-t)
	tiles, bias := ws.tiles(s, block, steps), call.row[:s.Slots*kernel.Units]
	c.setBias(s, bias, block)
	for i, p := range s.products[:s.whole] {
		to := p.columns(tiles)
		from := to
		if i == 0 {
			from = p.columns(matrix.Strided(bias, tiles.Rows, len(bias), 0))
			setBeside(tiles, bias, p.first*kernel.Units, p.width())
		}
		ws.mulAdd(to, from, ws.rows(p.of, t, steps), p, block)
	}
}

// setTiles sets the tiles of some blocks, of as many rows each, to the bias.
func (c *core) setTiles(s *stage, tile matrix.Float, b span) {
	if tile.Cols == 0 {
		return
	}
	rows := tile.Rows / b.n
	for i := range b.n {
		part := tile.Block(i*rows, rows)
		c.setBias(s, part.Row(0), b.first+i)
		setBeside(part.Block(1, rows-1), part.Row(0), 0, 0)
	}
}

// setBias sets a row of a block's tile: to the bias in the slots that have one, else to zero.
func (c *core) setBias(s *stage, row []float32, block int) {
	clear(row)
	for _, p := range s.biases {
		bias := panel(p.side, c.array(p.home), block, 1).Data
		if to := row[p.first*kernel.Units:]; len(s.biases) == 1 {
			copy(to, bias)
		} else {
			gemm.AddRows(to[:len(bias)], matrix.New(bias, 1, len(bias)))
		}
	}
}

// setBeside sets each row to the values of another, except n columns from the first on.
func setBeside(m matrix.Float, values []float32, first, n int) {
	for i := range m.Rows {
		row := m.Data[i*m.Stride:][:m.Cols]
		if first > 0 {
			copy(row[:first], values)
		}
		if last := first + n; last < len(row) {
			copy(row[last:], values[last:])
		}
	}
}
