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

// constantOperand is what constant operands are; it suits every operator.
const constantOperand = 3

// trial is an operator with some operands constant, those whose bits are set.
type trial struct {
	*op.Op
	constants int
}

func (t trial) String() string { return fmt.Sprintf("%s_%d", t.Op, t.constants) }

// trials returns those of every operator.
func trials() []trial {
	var list []trial
	for _, o := range op.Table() {
		for constants := range 1 << o.Arity {
			list = append(list, trial{o, constants})
		}
	}
	return list
}

// graph returns the operator applied twice to the same operands: the first time
// they are still needed, the second time they are not.
func (t trial) graph() *ir.Func {
	f := &ir.Func{Name: t.String()}
	b := ir.NewBuilder(f)
	args := make([]*ir.Value, t.Arity)
	for i := range args {
		f.Slots = append(f.Slots, ir.Slot{Input: []int{i}})
		if t.constants>>i&1 == 1 {
			args[i] = b.Const(constantOperand)
		} else {
			args[i] = b.Input("", ir.SlotIn, i)
		}
	}
	b.Return(b.Apply("", t.Op, args...), ir.H, 0)
	b.Return(b.Apply("", t.Op, args...), ir.C, 0)
	return f
}

// operands draws n values for each operand, many of them where formulas break.
func (t trial) operands(r *rand.Rand, n int) [4][]float32 {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	edges := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.5, 1.5, 2.5, -2.5, 88.8, -103.5, inf, -inf, nan, 1e-40, 3e38, -3e38}
	var x [4][]float32
	for i := range x {
		x[i] = make([]float32, n)
		for j := range x[i] {
			switch {
			case t.Name == "pow2":
				x[i][j] = float32(r.IntN(254) - 126)
			case t.Name == "scale2" && i == 1:
				x[i][j] = float32(r.IntN(380) - 252)
			case t.Name == "scale2" && i == 0:
				x[i][j] = float32(0.5 + 1.5*r.Float64())
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

// check compares a result with the definition, within the bound that the table
// states, and with its sign; of zeros, min and max may return either.
func (t trial) check(x []float64, got float32) error {
	want, y := t.Define(x), float64(got)
	_, e := math.Frexp(want)
	unit := math.Ldexp(1, max(e-24, -149))
	either := y == 0 && (t.Name == "max" || t.Name == "min" || t.Name == "relu")
	switch {
	case math.IsNaN(want) && math.IsNaN(y), outside(t.Op, x) && math.Abs(y) <= 1:
		return nil
	case math.Signbit(want) != math.Signbit(y) && !either:
	case got == float32(want) || math.Abs(y-want) <= t.ULP*unit:
		return nil
	}
	return fmt.Errorf("%s%v = %v, want %v", t.Op, x, got, want)
}

// outside reports whether x is a number that the bound of sin and cos leaves out.
func outside(o *op.Op, x []float64) bool {
	return (o.Name == "sin" || o.Name == "cos") && math.Abs(x[0]) > 1e5 && !math.IsInf(x[0], 0)
}

// emit emits a trial over one vector of each operand, y and z being its results.
func (t trial) emit(v *Vector) { t.emitGraph(v, t.graph()) }

// emitGraph emits any graph over them.
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
		v.VMOVUPS(y, at(map[ir.PortKind]string{ir.H: "y", ir.C: "z"}[p.Kind]))
	})
	v.VZEROUPPER()
	v.RET()
}
