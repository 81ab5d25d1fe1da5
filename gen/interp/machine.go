// Package interp runs graphs operator by operator: in float64, as the definition that
// everything else is checked against, and in float32, as the kernel that generated
// kernels are timed against.
package interp

import (
	"math"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Machine runs a graph for one unit in float64, by the definitions of the operator table.
type Machine struct {
	Round bool // round every result to float32, to see how well conditioned the cell is

	f      *ir.Func
	values []float64
	code   []instruction
	index  map[*ir.Value]int

	scratch [4]float64
}

type instruction struct {
	op     *op.Op
	args   []int
	result int
}

// NewMachine returns a machine for the graph, with all inputs 0.
func NewMachine(f *ir.Func) *Machine {
	m := &Machine{f: f, values: make([]float64, len(f.Values)), index: make(map[*ir.Value]int)}
	for i, v := range f.Values {
		m.index[v] = i
		m.values[i] = v.Const
		if v.Op == nil {
			continue
		}
		args := make([]int, len(v.Args))
		for j, a := range v.Args {
			args[j] = m.index[a]
		}
		m.code = append(m.code, instruction{v.Op, args, i})
	}
	return m
}

// Kink returns how far the operands of the last Run were from the nearest jump of a
// derivative. Operands exactly at a jump do not count, as rounding keeps them there.
func (m *Machine) Kink() float64 {
	nearest := math.Inf(1)
	for _, c := range m.code {
		if c.op.Kink == nil {
			continue
		}
		if d := c.op.Kink(m.operands(c)); d > 0 {
			nearest = min(nearest, d)
		}
	}
	return nearest
}

// Run computes every value from the inputs, rounded to float32 if Round is set.
func (m *Machine) Run() {
	for _, c := range m.code {
		m.values[c.result] = m.round(c.op.Define(m.operands(c)))
	}
}

func (m *Machine) round(x float64) float64 {
	if m.Round {
		return float64(float32(x))
	}
	return x
}

// operands returns the values that an instruction reads, until the next call.
func (m *Machine) operands(c instruction) []float64 {
	for j, a := range c.args {
		m.scratch[j] = m.values[a]
	}
	return m.scratch[:len(c.args)]
}

// Inputs returns where the machine reads the n ports of a kind, by index. For a port that
// the graph lacks, nothing reads the number.
func (m *Machine) Inputs(kind ir.PortKind, n int) []*float64 {
	in := unconnected(n)
	for i, v := range m.f.Values {
		if v.Port.Kind == kind {
			in[v.Port.Index] = &m.values[i]
		}
	}
	return in
}

// Results returns where the machine writes the n ports of a kind, by index. For a port
// that the graph lacks, the number stays 0.
func (m *Machine) Results(kind ir.PortKind, n int) []*float64 {
	out := unconnected(n)
	for _, r := range m.f.Results {
		if r.Port.Kind == kind {
			out[r.Port.Index] = &m.values[m.index[r.Value]]
		}
	}
	return out
}

func unconnected(n int) []*float64 {
	p := make([]*float64, n)
	for i := range p {
		p[i] = new(float64)
	}
	return p
}
