package amd64

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// constantOperand is the value of constant operands; every operator accepts it.
const constantOperand = 3

// trial is an operator with some operands constant: those whose bits in constants are set.
type trial struct {
	*op.Op
	constants int
}

func (t trial) String() string { return fmt.Sprintf("%s_%d", t.Op, t.constants) }

// trials returns all trials of every operator.
func trials() []trial {
	var list []trial
	for _, o := range op.Table() {
		for constants := range 1 << o.Arity {
			list = append(list, trial{o, constants})
		}
	}
	return list
}

// graph returns the operator applied twice to the same operands, which die only the second
// time.
func (t trial) graph() *ir.Func {
	f := withSlots(t.String(), t.Arity)
	b := ir.NewBuilder(f)
	args := make([]*ir.Value, t.Arity)
	for i := range args {
		if t.constants>>i&1 == 1 {
			args[i] = b.Const(constantOperand)
		} else {
			args[i] = b.Input("", ir.SlotIn, i)
		}
	}
	b.Return(b.Apply("", t.Op, args...), ir.Next, 0)
	b.Return(b.Apply("", t.Op, args...), ir.Next, 1)
	return f
}

// withSlots returns a graph of slots, each one product with x, and states y and z.
func withSlots(name string, slots int) *ir.Func {
	f := &ir.Func{Name: name, Cell: ir.Cell{States: []ir.State{{Name: "y", Width: ir.WidthHidden}, {Name: "z", Width: ir.WidthHidden}}}}
	for i := range slots {
		f.Params = append(f.Params, ir.Param{Name: fmt.Sprint("W", i), Shape: []string{ir.WidthHidden, ir.WidthInput}})
		f.Slots = append(f.Slots, ir.Slot{Width: ir.WidthHidden, Terms: []ir.Term{{Param: i, Operand: ir.Port{Kind: ir.Given}}}})
	}
	return f
}

// operands draws n values for each operand, many of them where formulas break down.
func (t trial) operands(r *rand.Rand, n int) [4][]float32 {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	edges := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.5, 1.5, 2.5, -2.5, 88.8, -103.5, inf, -inf, nan, 1e-40, op.Tiny, -op.Tiny, 0x1.fffffep-96, 3e38, -3e38}
	var x [4][]float32
	for i := range x {
		x[i] = make([]float32, n)
		for j := range x[i] {
			switch {
			case i < len(t.Domain) && t.Range == (op.Interval{}): // outside the domain anything may result
				x[i][j] = inside(r, t.Domain[i])
			case r.IntN(2) == 0:
				x[i][j] = edges[r.IntN(len(edges))]
			default:
				x[i][j] = float32(20 * r.NormFloat64())
			}
			if t.constants>>i&1 == 1 {
				x[i][j] = constantOperand
			}
		}
	}
	return x
}

// inside draws a number from an interval, of any size if all are positive.
func inside(r *rand.Rand, d op.Interval) float32 {
	if d.Low > 0 {
		return float32(d.Low * math.Pow(d.High/d.Low, r.Float64()))
	}
	x := max(d.Low, -math.MaxFloat32) + (min(d.High, math.MaxFloat32)-max(d.Low, -math.MaxFloat32))*r.Float64()
	if d.Integers {
		x = math.Round(x)
	}
	return float32(x)
}

// check compares a result, and its sign, with the definition, within the table's bound.
func (t trial) check(x []float64, got float32) error {
	want, y := t.Define(x), float64(got)
	_, e := math.Frexp(want)
	unit := math.Ldexp(1, max(e-24, -149))
	either := y == 0 && t.EitherZero
	switch {
	case t.Op == op.Flush && math.IsNaN(y) && math.Float32bits(got) != nan.bits:
		return fmt.Errorf("%s%v has the bits %#x, want %#x", t.Op, x, math.Float32bits(got), nan.bits)
	case math.IsNaN(want) && math.IsNaN(y), !t.Covers(x...) && t.Range.Contains(y):
		return nil
	case math.Signbit(want) != math.Signbit(y) && !either:
	case got == float32(want) || math.Abs(y-want) <= t.ULP*unit:
		return nil
	}
	return fmt.Errorf("%s%v = %v, want %v", t.Op, x, got, want)
}

// emit emits a trial on one vector of each operand, with results y and z.
func (t trial) emit(v *Vector) { t.emitGraph(v, t.graph()) }

// emitGraph does the same for any graph.
func (t trial) emitGraph(v *Vector, f *ir.Func) {
	v.Function(t.String() + v.Name)
	v.SignatureExpr("func(y, z, x0, x1, x2, x3 *float32)")
	at := func(name string) operand.Mem {
		p := v.GP64()
		v.Load(v.Param(name), p)
		return operand.Mem{Base: p}
	}
	v.Graph(f, func(p ir.Port) reg.VecVirtual {
		x := v.New()
		v.VMOVUPS(at(fmt.Sprint("x", p.Index)), x)
		return x
	}, func(y reg.VecVirtual, p ir.Port) {
		v.VMOVUPS(y, at([]string{"y", "z"}[p.Index]))
	})
	v.VZEROUPPER()
	v.RET()
}
