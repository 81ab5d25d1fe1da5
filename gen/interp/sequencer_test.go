package interp

import (
	"math"
	"slices"

	"github.com/cellgen/cellgen/gen/ir"
)

// sequencer is a naive layer: it runs a kernel over a sequence by what its description says,
// and nothing else. A batched stage runs over all steps before the stages after it. What a kernel must write is NaN before.
type sequencer struct {
	k *Kernel
	d *ir.Description
	*Inputs
	out    *Outputs
	params []matrix

	given, dgiven       [][]padded // of x and each input, in each step
	states, dstates     [][]padded // of each state, s_{t-1} first
	operands, doperands [][]padded // of each operand
	y, dy               []padded
	saved, carried      map[shared][]float32
}

// shared says which stages share rows: the stages of a width.
type shared struct {
	width    string
	t, block int
}

// rows returns rows that stages share, NaN at first.
func (s *sequencer) rows(of map[shared][]float32, key shared, n int) []float32 {
	if of[key] == nil {
		of[key] = newPadded(1, n*s.Batch*units, nan).data
	}
	if len(of[key]) != n*s.Batch*units {
		panic("stages of one width have rows of different widths")
	}
	return of[key]
}

// padded is rows of whole blocks.
type padded struct {
	data          []float32
	width, stride int
}

func newPadded(batch, width int, x float32) padded {
	p := padded{width: width, stride: blocks(width) * units}
	p.data = make([]float32, batch*p.stride)
	for i := range p.data {
		p.data[i] = x
	}
	return p
}

func blocks(width int) int { return (width + units - 1) / units }

func (p padded) row(b int) []float32 { return p.data[b*p.stride:][:p.width] }

// block returns the rows from a block on.
func (p padded) block(k int) []float32 { return p.data[k*units:] }

func (p padded) set(from rows, first int) padded {
	for b := range len(p.data) / p.stride {
		for u, v := range from.row(first + b) {
			p.row(b)[u] = float32(v)
		}
	}
	return p
}

var nan = float32(math.NaN())

func newSequencer(k *Kernel, in *Inputs) *sequencer {
	s := &sequencer{k: k, d: k.Describe(), Inputs: in, out: in.NewOutputs(), saved: make(map[shared][]float32), carried: make(map[shared][]float32)}
	for _, list := range []Arrays{s.out.Y, s.out.States, s.out.Gradients} {
		for i := range list {
			list[i].Data = make([]float64, list[i].Len())
		}
	}
	s.params = in.matrices(s.out.Gradients)
	every := func(n, width int, x float32) (list []padded) {
		for range n {
			list = append(list, newPadded(in.Batch, width, x))
		}
		return list
	}
	for _, given := range append(in.Arrays.rows(X), in.Arrays.rows(Beside)...) {
		list := every(in.Steps, given.width, 0)
		for t := range list {
			list[t].set(given, t*in.Batch)
		}
		s.given, s.dgiven = append(s.given, list), append(s.dgiven, every(in.Steps, given.width, 0))
	}
	last := in.Arrays.rows(Cotangent)
	for i, initial := range in.Arrays.rows(Initial) {
		s.states, s.dstates = append(s.states, every(in.Steps+1, initial.width, nan)), append(s.dstates, every(in.Steps+1, initial.width, 0))
		s.states[i][0].set(initial, 0)
		s.dstates[i][in.Steps].set(last[i], 0)
	}
	for _, o := range in.Cell.Operands {
		n := in.Width(o.Width)
		s.operands, s.doperands = append(s.operands, every(in.Steps, n, nan)), append(s.doperands, every(in.Steps, n, 0))
	}
	s.y, s.dy = every(in.Steps, in.outputWidth(), nan), every(in.Steps, in.outputWidth(), 0)
	for t := range s.dy {
		s.dy[t].set(in.Arrays.rows(DOutput)[0], t*in.Batch)
	}
	return s
}

func (s *sequencer) run() *Outputs {
	var groups [][]int // of stages that run together in each step
	var together []int
	for k, stage := range s.d.Stages {
		if stage.Batched {
			groups = append(groups, []int{k})
		} else {
			together = append(together, k)
		}
	}
	groups = append(groups, together)
	for _, stages := range groups {
		for t := range s.Steps {
			for _, k := range stages {
				s.forward(k, t)
			}
		}
	}
	s.addOutput()
	for _, stages := range slices.Backward(groups) {
		for t := s.Steps - 1; t >= 0; t-- {
			for _, k := range slices.Backward(stages) {
				s.backward(k, t)
			}
		}
	}
	s.collect()
	return s.out
}

// addOutput adds the output's cotangents to the cotangents of its state.
func (s *sequencer) addOutput() {
	if i := s.Inputs.Output(); i >= 0 {
		for t := range s.Steps {
			for j, v := range s.dy[t].data {
				s.dstates[i][t+1].data[j] += v
			}
		}
	}
}

func (s *sequencer) collect() {
	wide := func(dst []float64, src padded, t int) {
		for b := range s.Batch {
			for u, v := range src.row(b) {
				dst[(t*s.Batch+b)*src.width+u] = float64(v)
			}
		}
	}
	inputs := append(s.out.Gradients.Of(X), s.out.Gradients.Of(Beside)...)
	for t := range s.Steps {
		for i, state := range s.out.States.Of(Next) {
			wide(state, s.states[i][t+1], t)
		}
		if i := s.Inputs.Output(); i >= 0 {
			wide(s.out.Y[0].Data, s.states[i][t+1], t)
		} else {
			wide(s.out.Y[0].Data, s.y[t], t)
		}
		for i, dst := range inputs {
			wide(dst, s.dgiven[i][t], t)
		}
	}
	for i, dst := range s.out.Gradients.Of(Initial) {
		wide(dst, s.dstates[i][0], 0)
	}
}
