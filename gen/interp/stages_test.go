package interp

import (
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// vector returns what a product multiplies in a step, and its cotangent.
func (s *sequencer) vector(name string, t int) (x, dx padded) {
	is := func(n string) bool { return n == name }
	var inputs, states, operands []string
	for _, i := range s.d.Inputs {
		inputs = append(inputs, i.Name)
	}
	for _, i := range s.d.States {
		states = append(states, i.Name)
	}
	for _, i := range s.d.Operands {
		operands = append(operands, i.Name)
	}
	if i := slices.IndexFunc(append([]string{"x"}, inputs...), is); i >= 0 {
		return s.given[i][t], s.dgiven[i][t]
	}
	if i := slices.IndexFunc(states, is); i >= 0 {
		return s.states[i][t], s.dstates[i][t]
	}
	if i := slices.IndexFunc(operands, is); i >= 0 {
		return s.operands[i][t], s.doperands[i][t]
	}
	ones := newPadded(s.Batch, 1, 1)
	return ones, newPadded(s.Batch, 1, 0)
}

// products calls f for every product of a block: with the elements of a tile's row, of the
// operand and its cotangent, and of the parameter and its gradient.
func (s *sequencer) products(stage ir.StageDescription, k, t int, f func(row, slot, u int, x, dx *float32, w, dw *float64)) {
	for _, p := range stage.Products {
		x, dx := s.vector(p.Operand, t)
		for i, sum := range p.Sums {
			for _, param := range sum {
				m, columns := s.params[param], x.width
				if shape := s.d.Params[param].Shape; len(shape) == 2 {
					columns = s.Width(shape[1])
				}
				for row := range s.Batch {
					for u := range min(units, s.Width(stage.Width)-k*units) {
						for c := range x.row(row) {
							at := (k*units+u)*columns + c
							if p.Transposed {
								at = c*columns + k*units + u
							}
							f(row, p.First+i, u, &x.row(row)[c], &dx.row(row)[c], &m.data[at], &m.gradient[at])
						}
					}
				}
			}
		}
	}
}

// block returns a block with the arrays that the description of a stage says its kernels take.
func (s *sequencer) block(stage ir.StageDescription, k, t int) *Block {
	states, inputs, operands := len(s.d.States), 1+len(s.d.Inputs), len(s.d.Operands)
	key := shared{stage.Width, t, k}
	b := &Block{
		Rows: s.Batch, Stride: blocks(s.Width(stage.Width)) * units,
		Tile:  make([]float32, s.Batch*stage.Slots*units),
		DTile: newPadded(s.Batch, (stage.Slots+len(stage.DVectors))*units, nan).data,
		Saved: s.rows(s.saved, key, stage.Saved), Carried: s.rows(s.carried, key, stage.Carried),
		Prev: make([][]float32, states), Next: make([][]float32, states),
		DNext: make([][]float32, states), DPrev: make([][]float32, states),
		Inputs: make([][]float32, inputs), DInputs: make([][]float32, inputs),
		Operands: make([][]float32, operands), DOperands: make([][]float32, operands),
	}
	for _, v := range stage.Vectors {
		b.Vectors = append(b.Vectors, s.vectorBlock(v, k)...)
	}
	for _, i := range stage.Inputs {
		b.Inputs[i] = s.inputBlock(i, k, t)
	}
	for i, state := range s.d.States {
		if state.Elementwise && state.Width == stage.Width {
			b.Prev[i] = s.states[i][t].block(k)
		}
	}
	for _, i := range s.written(stage) {
		b.Next[i], b.DNext[i] = s.states[i][t+1].block(k), s.dstates[i][t+1].block(k)
	}
	for _, i := range stage.Operands {
		b.Operands[i], b.DOperands[i] = s.operands[i][t].block(k), s.doperands[i][t].block(k)
	}
	if stage.Output {
		b.Output, b.DOutput = s.y[t].block(k), s.dy[t].block(k)
	}
	return b
}

// written returns the states that a stage writes.
func (s *sequencer) written(stage ir.StageDescription) []int {
	return s.listed(stage.States, func(ir.State) bool { return true })
}

// read returns the states s_{t-1} whose cotangents a stage writes.
func (s *sequencer) read(stage ir.StageDescription) []int {
	return s.listed(stage.DStates, func(state ir.State) bool { return state.Elementwise })
}

// listed returns a stage's list of states. That of an only stage stands for all of a kind.
func (s *sequencer) listed(list []int, all func(ir.State) bool) []int {
	if len(s.d.Stages) > 1 || list != nil {
		return list
	}
	for i, state := range s.d.States {
		if all(state) {
			list = append(list, i)
		}
	}
	return list
}

// vectorBlock returns a block of a vector, or of a scalar for every unit.
func (s *sequencer) vectorBlock(param, k int) []float32 {
	data, block := s.params[param].data, make([]float32, units)
	for u := range block {
		switch {
		case len(s.d.Params[param].Shape) == 0:
			block[u] = float32(data[0])
		case k*units+u < len(data):
			block[u] = float32(data[k*units+u])
		}
	}
	return block
}

// inputBlock returns a block of an input, or its one number of each row for every unit.
func (s *sequencer) inputBlock(i, k, t int) []float32 {
	if i == 0 || s.d.Inputs[i-1].Width != "" {
		return s.given[i][t].block(k)
	}
	var numbers []float32
	for row := range s.Batch {
		numbers = append(numbers, newPadded(1, 1, s.given[i][t].row(row)[0]).data...)
	}
	return numbers
}

func (s *sequencer) forward(stage, t int) {
	d := s.d.Stages[stage]
	for k := range blocks(s.Width(d.Width)) {
		b := s.block(d, k, t)
		s.products(d, k, t, func(row, slot, u int, x, _ *float32, w, _ *float64) {
			b.Tile[(row*d.Slots+slot)*units+u] += *x * float32(*w)
		})
		s.k.Forward(stage, b)
	}
}

func (s *sequencer) backward(stage, t int) {
	d := s.d.Stages[stage]
	for k := range blocks(s.Width(d.Width)) {
		b := s.block(d, k, t)
		dprev, dinputs := make(map[int]padded), make(map[int]padded)
		for _, i := range s.read(d) {
			dprev[i] = newPadded(s.Batch, s.Width(d.Width), nan)
			b.DPrev[i] = dprev[i].block(k)
		}
		for _, i := range d.DInputs {
			dinputs[i] = newPadded(s.Batch, s.Width(d.Width), nan)
			b.DInputs[i] = dinputs[i].block(k)
		}
		s.k.Backward(stage, b)
		slots := d.Slots + len(d.DVectors)
		s.products(d, k, t, func(row, slot, u int, x, dx *float32, w, dw *float64) {
			dslot := b.DTile[(row*slots+slot)*units+u]
			*dx += dslot * float32(*w)
			*dw += float64(dslot * *x)
		})
		for row := range s.Batch {
			for u := range min(units, s.Width(d.Width)-k*units) {
				at := k*units + u
				for j, v := range d.DVectors {
					gradient := s.params[d.Vectors[v]].gradient
					gradient[at%len(gradient)] += float64(b.DTile[(row*slots+d.Slots+j)*units+u])
				}
				for i, p := range dprev {
					s.dstates[i][t].row(row)[at] += p.row(row)[at]
				}
				for i, p := range dinputs {
					dst := s.dgiven[i][t].row(row)
					dst[at%len(dst)] += p.row(row)[at]
				}
			}
		}
	}
}
