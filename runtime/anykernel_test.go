package runtime

import (
	"slices"

	"github.com/cellgen/cellgen/runtime/kernel"
)

// anyStage is a stage whose kernels are one function of one unit: from its slots, the states
// that it reads, its inputs, its vectors and values of stages before to its states, operands,
// the output, and values for stages after. Its derivative is a difference.
type anyStage struct {
	kernel.Stage
	prev        []int // states that it reads
	reads       []int // values of stages before, by number
	writes      []int // values for stages after
	f           func(in, out []float64)
	vectors     []int // that it reads, of Stage.Vectors
	first       int   // of its slots in Saved
	in, outputs int
}

// anyCell is a general cell: its kernels, and its equations.
type anyCell struct {
	kernel.Description
	stages    []anyStage
	crossing  int // values that cross stages, in each width
	equations func(t *tape, e env) (next map[string]*vec, y *vec)
}

// env is what equations read.
type env struct {
	x     *vec
	p, in map[string]*vec
	s     map[string]*vec
}

// newAnyCell completes the description.
func newAnyCell(d kernel.Description, crossing int, stages []anyStage, equations func(*tape, env) (map[string]*vec, *vec)) *anyCell {
	d.Named = true
	c := &anyCell{d, stages, crossing, equations}
	slots := make(map[kernel.Dim]int)
	for i := range c.stages {
		s := &c.stages[i]
		s.first = crossing + slots[s.Width]
		slots[s.Width] += s.Slots
		s.in = s.Slots + len(s.prev) + len(s.Inputs) + len(s.vectors) + len(s.reads)
		s.outputs = len(s.States) + len(s.Operands) + len(s.writes)
		if s.Output {
			s.outputs++
		}
		s.DStates, s.DInputs, s.DVectors = slices.Clone(s.prev), slices.Clone(s.Inputs), slices.Clone(s.vectors)
		if s.DStates == nil {
			s.DStates = []int{}
		}
		if s.States == nil {
			s.States = []int{}
		}
		for _, p := range s.prev {
			c.States[p].Elementwise = true
		}
	}
	for i := range c.stages {
		s := &c.stages[i]
		s.Saved, s.Carried = crossing+slots[s.Width], crossing
		c.Description.Stages = append(c.Description.Stages, s.Stage)
	}
	return c
}

func (c *anyCell) Describe() kernel.Description { return c.Description }

// read fills in what a unit reads. Slots come from the tile forward, and are saved.
func (c *anyCell) read(s *anyStage, b *kernel.Block, r, u int, tile []float32, columns, first int, in []float64) {
	n := 0
	add := func(v float32) { in[n] = float64(v); n++ }
	for i := range s.Slots {
		add(tile[(r*columns+first+i)*16+u])
	}
	for _, i := range s.prev {
		add(b.Prev[i][r*b.Stride+u])
	}
	for _, i := range s.Inputs {
		if i > 0 && c.Inputs[i-1].Width == "" {
			add(b.Inputs[i][r*16+u])
		} else {
			add(b.Inputs[i][r*b.Stride+u])
		}
	}
	for _, i := range s.vectors {
		add(b.Vectors[r*b.VectorStride+i*16+u])
	}
	for _, i := range s.reads {
		add(b.Saved[(r*s.Saved+i)*16+u])
	}
}

func (c *anyCell) Forward(stage int, b *kernel.Block) {
	s := &c.stages[stage]
	in, out := make([]float64, s.in), make([]float64, s.outputs)
	for r := range b.Rows {
		for u := range 16 {
			c.read(s, b, r, u, b.Tile, s.Slots, 0, in)
			s.f(in, out)
			for i := range s.Slots {
				b.Saved[(r*s.Saved+s.first+i)*16+u] = b.Tile[(r*s.Slots+i)*16+u]
			}
			n := 0
			next := func() float32 { n++; return kernel.Flush(float32(out[n-1])) }
			for _, i := range s.States {
				b.Next[i][r*b.Stride+u] = next()
			}
			for _, i := range s.Operands {
				b.Operands[i][r*b.Stride+u] = next()
			}
			if s.Output {
				b.Output[r*b.Stride+u] = next()
			}
			for _, i := range s.writes {
				b.Saved[(r*s.Saved+i)*16+u] = next()
			}
		}
	}
}

func (c *anyCell) Backward(stage int, b *kernel.Block) {
	s := &c.stages[stage]
	in, d := make([]float64, s.in), make([]float64, s.outputs)
	high, low, din := make([]float64, s.outputs), make([]float64, s.outputs), make([]float64, s.in)
	columns := s.Slots + len(s.DVectors)
	for r := range b.Rows {
		for u := range 16 {
			c.read(s, b, r, u, b.Saved, s.Saved, s.first, in)
			n := 0
			add := func(v float32) { d[n] = float64(kernel.Trim(v)); n++ }
			for _, i := range s.States {
				add(b.DNext[i][r*b.Stride+u])
			}
			for _, i := range s.Operands {
				add(b.DOperands[i][r*b.Stride+u])
			}
			if s.Output {
				add(b.DOutput[r*b.Stride+u])
			}
			for _, i := range s.writes {
				add(b.Carried[(r*s.Carried+i)*16+u])
			}
			for i, v := range in {
				const h = 1e-5
				in[i] = v + h
				s.f(in, high)
				in[i] = v - h
				s.f(in, low)
				in[i], din[i] = v, 0
				for j := range d {
					din[i] += d[j] * (high[j] - low[j]) / (2 * h)
				}
			}
			n = 0
			next := func() float32 { n++; return float32(din[n-1]) }
			for i := range s.Slots {
				b.DTile[(r*columns+i)*16+u] = kernel.Trim(next())
			}
			for _, i := range s.prev {
				b.DPrev[i][r*b.Stride+u] = next()
			}
			for _, i := range s.Inputs {
				b.DInputs[i][r*b.Stride+u] = kernel.Flush(next())
			}
			for i := range s.vectors {
				b.DTile[(r*columns+s.Slots+i)*16+u] = kernel.Trim(next())
			}
			for _, i := range s.reads {
				b.Carried[(r*s.Carried+i)*16+u] = next()
			}
		}
	}
}
