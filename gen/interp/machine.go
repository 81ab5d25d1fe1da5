// Package interp runs graphs operator by operator: in float64, as the definition that
// everything else is checked against, and in float32, as the kernel that generated
// kernels are timed against. In float64 it runs the joint graph of a step, over sequences, and
// does the products itself; it knows no stages. In float32 it runs the kernels of stages.
package interp

import (
	"math"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// Machine runs a graph in float64, by the definitions of the operator table: for one unit, or
// within a run over a sequence for all units of a row.
type Machine struct {
	f      *ir.Func
	values [][]float64 // of each value, [units]
	code   []instruction
	index  map[*ir.Value]int

	rounding rounding
	scratch  [4]float64
}

// instruction computes the value of the same place in the graph.
type instruction struct {
	op   *op.Op // nil for inputs and constants
	args []int
}

// NewMachine returns a machine for one unit of the graph, with all inputs 0.
func NewMachine(f *ir.Func) *Machine {
	m := newMachine(f)
	m.allocate(func(*ir.Value) int { return 1 })
	return m
}

func newMachine(f *ir.Func) *Machine {
	m := &Machine{f: f, code: make([]instruction, len(f.Values)), index: make(map[*ir.Value]int, len(f.Values))}
	for i, v := range f.Values {
		m.index[v] = i
		args := make([]int, len(v.Args))
		for j, a := range v.Args {
			args[j] = m.index[a]
		}
		m.code[i] = instruction{v.Op, args}
	}
	return m
}

// allocate makes room for every value, and sets the constants.
func (m *Machine) allocate(units func(v *ir.Value) int) {
	m.values = make([][]float64, len(m.f.Values))
	for i, v := range m.f.Values {
		m.values[i] = make([]float64, units(v))
		fill(m.values[i], v.Const)
	}
}

// Kink returns how far the operands of the last Run were from the nearest jump of a
// derivative. Operands exactly at a jump do not count, as rounding keeps them there.
func (m *Machine) Kink() float64 {
	nearest := math.Inf(1)
	for i := range m.code {
		nearest = min(nearest, m.kink(i))
	}
	return nearest
}

// kink returns how far the operands of one value are from a jump.
func (m *Machine) kink(i int) float64 {
	nearest, c := math.Inf(1), &m.code[i]
	if c.op == nil || c.op.Kink == nil {
		return nearest
	}
	for u := range m.values[i] {
		if d := c.op.Kink(m.operands(c, u)); d > 0 {
			nearest = min(nearest, d)
		}
	}
	return nearest
}

// Run computes every value from the inputs.
func (m *Machine) Run() {
	for i := range m.code {
		m.compute(i)
	}
}

// compute computes one value, unless it is an input or a constant.
func (m *Machine) compute(i int) {
	c := &m.code[i]
	if c.op == nil {
		return
	}
	for u := range m.values[i] {
		m.values[i][u] = m.round(c.op.Define(m.operands(c, u)))
	}
}

func (m *Machine) round(x float64) float64 {
	if m.rounding == exactly {
		return x
	}
	return m.rounding.of(x)
}

// operands returns the values that an instruction reads for a unit, until the next call.
func (m *Machine) operands(c *instruction, unit int) []float64 {
	for j, a := range c.args {
		m.scratch[j] = m.values[a][unit]
	}
	return m.scratch[:len(c.args)]
}

// Inputs returns where the machine reads the n ports of a kind, by index. For a port that
// the graph lacks, nothing reads the number.
func (m *Machine) Inputs(kind ir.PortKind, n int) []*float64 {
	in := unconnected(n)
	for i, v := range m.f.Values {
		if v.Port.Kind == kind {
			in[v.Port.Index] = &m.values[i][0]
		}
	}
	return in
}

// Results returns where the machine writes the n ports of a kind, by index. For a port
// that the graph lacks, the number stays 0.
func (m *Machine) Results(kind ir.PortKind, n int) []*float64 {
	out := unconnected(n)
	for port, i := range m.results(kind, n) {
		if i >= 0 {
			out[port] = &m.values[i][0]
		}
	}
	return out
}

// results returns the values that leave through the n ports of a kind, or -1.
func (m *Machine) results(kind ir.PortKind, n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = -1
	}
	for _, r := range m.f.Results {
		if r.Port.Kind == kind {
			values[r.Port.Index] = m.index[r.Value]
		}
	}
	return values
}

func unconnected(n int) []*float64 {
	p := make([]*float64, n)
	for i := range p {
		p[i] = new(float64)
	}
	return p
}

func fill(dst []float64, x float64) {
	for i := range dst {
		dst[i] = x
	}
}
