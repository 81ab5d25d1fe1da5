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

// block is what a kernel takes and yields for rows of 16 units.
type block struct {
	tile, cPrev, saved, h, c, dh, dc, dTile, dcPrev []float32
}

// TestKernel runs the float32 kernel's blocks against the float64 machine, unit
// for unit, with rows further apart than they are wide. The bound is 2e-4,
// relative to max(1, |value|), for operations that all round to float32: a value
// in the wrong register is off by far more.
func TestKernel(t *testing.T) {
	const units, bound = 16, 2e-4
	for trial := range 60 {
		r := draw(10, trial)
		c := cell.Random(r, 1+trial%8)
		p := Compile(spec(c), nil)
		k := interp.NewKernel("Test", c.Leaves(), false, p.Forward, p.Backward, functions())
		slots := len(p.Joint.Slots)
		for _, rows := range []int{1, 3, 2} { // scratch grows, and is used again
			stride := units + 5
			random := func(n int) []float32 {
				x := make([]float32, n)
				for i, v := range floats(r, n) {
					x[i] = float32(v)
				}
				return x
			}
			b := block{
				tile: random(rows * slots * units), cPrev: random(rows * stride), saved: random(rows * k.Saved() * units),
				h: random(rows * stride), c: random(rows * stride), dh: random(rows * stride), dc: random(rows * stride),
				dTile: random(rows * slots * units), dcPrev: random(rows * stride),
			}
			k.Forward(rows, b.tile, b.cPrev, b.saved, b.h, b.c, stride)
			k.Backward(rows, b.saved, b.cPrev, b.dh, b.dc, b.dTile, b.dcPrev, stride)
			worst := 0.0
			for row := range rows {
				for u := range units {
					worst = max(worst, unitError(p.Joint, &b, slots, row, u, stride))
				}
			}
			if !(worst <= bound) {
				t.Errorf("trial %d, %s, %d rows: error %.1e", trial, c, rows, worst)
			}
		}
	}
}

// unitError is the largest error of a unit's results. A derivative that is near a
// jump may fall on either side: then there is none.
func unitError(joint *ir.Func, b *block, slots, row, u, stride int) float64 {
	const units = 16
	m := interp.NewMachine(joint)
	for s, in := range m.Inputs(ir.SlotIn, slots) {
		*in = float64(b.tile[(row*slots+s)*units+u])
	}
	at := row*stride + u
	*m.Inputs(ir.CPrev, 1)[0] = float64(b.cPrev[at])
	*m.Inputs(ir.DH, 1)[0], *m.Inputs(ir.DC, 1)[0] = float64(b.dh[at]), float64(b.dc[at])
	m.Run()
	if m.Kink() < 1e-5 {
		return 0
	}
	worst := 0.0
	compare := func(got float32, want float64) {
		worst = max(worst, math.Abs(float64(got)-want)/max(1, math.Abs(want)))
	}
	compare(b.h[at], *m.Results(ir.H, 1)[0])
	compare(b.c[at], *m.Results(ir.C, 1)[0])
	compare(b.dcPrev[at], *m.Results(ir.DCPrev, 1)[0])
	for s, want := range m.Results(ir.DSlot, slots) {
		compare(b.dTile[(row*slots+s)*units+u], *want)
	}
	return worst
}

func TestKernelWantsFunctions(t *testing.T) {
	p := Compile(spec(mustParse(t, lstmTokens)), nil)
	some := functions()
	delete(some, "tanh")
	defer func() {
		if recover() == nil {
			t.Error("a kernel lacks tanh, and nobody says so")
		}
	}()
	interp.NewKernel("Test", 5, false, p.Forward, p.Backward, some)
}
