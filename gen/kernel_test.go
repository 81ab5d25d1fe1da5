package gen

import (
	"math"
	"testing"

	"github.com/cellgen/cellgen/gen/cell"
	"github.com/cellgen/cellgen/gen/interp"
	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// functions are the definitions of the table, rounded to float32.
func functions() map[string]interp.Function {
	table := make(map[string]interp.Function)
	for _, o := range op.Table() {
		table[o.Name] = func(dst []float32, x [][]float32) {
			operands := make([]float64, o.Arity)
			for i := range dst {
				for j := range operands {
					operands[j] = float64(x[j][i])
				}
				dst[i] = float32(o.Define(operands))
			}
		}
	}
	return table
}

// TestKernel compares the float32 kernel on blocks with the float64 machine, unit by
// unit, with rows further apart than they are wide. The bound is 2e-4, relative to
// max(1, |value|), as every operation rounds to float32; a value in the wrong register
// is off by far more.
func TestKernel(t *testing.T) {
	const units, bound = ir.Units, 2e-4
	for trial := range 60 {
		r := draw(10, trial)
		c := cell.Random(r, 1+trial%8)
		p := Compile(spec(c), nil)
		k := interp.NewKernel("Test", p.Stages, functions())
		slots := len(p.Joint.Slots)
		for _, rows := range []int{1, 3, 2} { // scratch grows, and is reused
			stride := units + 5
			random := func(n int) []float32 {
				x := make([]float32, n)
				for i, v := range floats(r, n) {
					x[i] = float32(v)
				}
				return x
			}
			state := func() [][]float32 { return [][]float32{random(rows * stride), random(rows * stride)} }
			b := &interp.Block{
				Rows: rows, Stride: stride, Prev: state(), Next: state(), DNext: state(), DPrev: state(),
				Tile: random(rows * slots * units), Saved: random(rows * p.Stages[0].Forward.Saved() * units), DTile: random(rows * slots * units),
			}
			k.Forward(0, b)
			k.Backward(0, b)
			worst := 0.0
			for row := range rows {
				for u := range units {
					worst = max(worst, unitError(p.Joint, b, slots, row, u))
				}
			}
			if !(worst <= bound) {
				t.Errorf("trial %d, %s, %d rows: error %.1e", trial, c, rows, worst)
			}
		}
	}
}

// unitError is the largest error of a unit's results, or 0 where a derivative is so
// near a jump that it may fall on either side.
func unitError(joint *ir.Func, b *interp.Block, slots, row, u int) float64 {
	const units = ir.Units
	m := interp.NewMachine(joint)
	for s, in := range m.Inputs(ir.SlotIn, slots) {
		*in = float64(b.Tile[(row*slots+s)*units+u])
	}
	at := row*b.Stride + u
	*m.Inputs(ir.Prev, 2)[1] = float64(b.Prev[1][at])
	for i, in := range m.Inputs(ir.DNext, 2) {
		*in = float64(b.DNext[i][at])
	}
	m.Run()
	if m.Kink() < 1e-5 {
		return 0
	}
	worst := 0.0
	compare := func(got float32, want float64) {
		worst = max(worst, math.Abs(float64(got)-want)/max(1, math.Abs(want)))
	}
	for i, want := range m.Results(ir.Next, 2) {
		compare(b.Next[i][at], *want)
	}
	compare(b.DPrev[1][at], *m.Results(ir.DPrev, 2)[1])
	for s, want := range m.Results(ir.DSlot, slots) {
		compare(b.DTile[(row*slots+s)*units+u], *want)
	}
	return worst
}

func TestKernelWantsFunctions(t *testing.T) {
	p := Compile(spec(mustParse(t, lstmTokens)), nil)
	some := functions()
	delete(some, "tanh")
	defer func() {
		if recover() == nil {
			t.Error("a kernel without tanh is accepted")
		}
	}()
	interp.NewKernel("Test", p.Stages, some)
}
