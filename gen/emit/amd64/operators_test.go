package amd64

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// TestOperators assembles every operator of the table for both instruction sets, with
// registers and with constants for operands, runs it, and compares it with its definition.
func TestOperators(t *testing.T) {
	const n = 512
	p := program{File: NewFile(), n: n}
	r := rand.New(rand.NewPCG(5, 4))
	var run []trial
	var x [][4][]float32
	for _, v := range []*Vector{AVX512(p.File), AVX2(p.File)} {
		for _, trial := range trials() {
			trial.emit(v)
			if runs(v) {
				run, x = append(run, trial), append(x, trial.operands(r, n))
				p.call(trial.String()+v.Name, v.Lanes, x[len(x)-1])
			}
		}
	}
	for i, results := range p.run(t) {
		failures := 0
		for j := range 2 * n {
			var args []float64
			for k := range run[i].Arity {
				args = append(args, float64(x[i][k][j%n]))
			}
			if err := run[i].check(args, results[j]); err != nil && failures < 3 {
				failures++
				t.Errorf("%s, use %d: %v", p.names[i], 1+j/n, err)
			}
		}
	}
}

// TestRegisters computes more values than there are registers before it uses any of them,
// in the order of their computation and in the reverse: values come back from the stack,
// constants and inputs from where they were.
func TestRegisters(t *testing.T) {
	const n, values = 16, 40
	p := program{File: NewFile(), n: n}
	r := rand.New(rand.NewPCG(6, 4))
	var x [4][]float32
	for i := range x {
		x[i] = make([]float32, n)
		for j := range x[i] {
			x[i][j] = float32(r.IntN(9))
		}
	}
	f := withSlots("crowd", len(x))
	b := ir.NewBuilder(f)
	var terms, in []*ir.Value
	for i := range x {
		in = append(in, b.Input("", ir.SlotIn, i))
	}
	for i := range values {
		term := b.Apply("", op.Mul, in[i%len(in)], b.Const(float64(i)))
		if i%2 == 0 { // in the register of a constant, which must not be what is loaded again
			term = b.Apply("", op.FMA, in[i%len(in)], b.Const(float64(i)), b.Const(3))
		}
		terms = append(terms, term)
	}
	sum := func(terms []*ir.Value) *ir.Value {
		y := terms[0]
		for i, term := range terms[1:] {
			y = b.Apply("", op.FMA, term, b.Const(float64(i)), y)
		}
		return y
	}
	b.Return(sum(terms), ir.Next, 0)
	slices.Reverse(terms)
	b.Return(sum(terms), ir.Next, 1)
	for _, v := range []*Vector{AVX512(p.File), AVX2(p.File)} {
		trial{Op: &op.Op{Name: "crowd"}}.emitGraph(v, f)
		if runs(v) {
			p.call("crowd_0"+v.Name, v.Lanes, x)
		}
	}
	for k, got := range p.run(t) {
		m := interp.NewMachine(f)
		for j := range n {
			for i := range x {
				*m.Inputs(ir.SlotIn, len(x))[i] = float64(x[i][j])
			}
			m.Run()
			if h, c := *m.Results(ir.Next, 2)[0], *m.Results(ir.Next, 2)[1]; float64(got[j]) != h || float64(got[n+j]) != c {
				t.Errorf("%s, element %d: %g and %g, want %g and %g", p.names[k], j, got[j], got[n+j], h, c)
			}
		}
	}
}

// TestCrowdedLoop expects an error for a loop that keeps more vectors than the instruction
// set has registers.
func TestCrowdedLoop(t *testing.T) {
	for _, set := range []func(*File) *Vector{AVX512, AVX2} {
		for more := range 2 {
			v := set(NewFile())
			v.Begin("crowd", "func()", "keeps sums over a loop")
			sums := make([]reg.VecVirtual, v.Registers+more)
			for i := range sums {
				sums[i] = v.New()
				v.VXORPS(sums[i], sums[i], sums[i])
			}
			v.Label("loop")
			for i := range sums {
				v.VADDPS(sums[i], sums[(i+1)%len(sums)], sums[i])
			}
			v.JMP(operand.LabelRef("loop"))
			if _, _, err := v.Print("main"); (err != nil) != (more > 0) {
				t.Errorf("%s, %d vectors in a loop: error %v", v.Name, len(sums), err)
			}
		}
	}
}
