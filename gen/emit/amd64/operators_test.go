package amd64

import (
	"math/rand/v2"
	"testing"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// TestOperators assembles every operator of the table for both instruction sets,
// with registers and constants for operands, runs it, and compares it with its
// definition.
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

// TestRegisters wants an error where values do not fit into registers, and no
// code that only AVX-512 could run.
func TestRegisters(t *testing.T) {
	f := &ir.Func{Name: "sum"}
	b := ir.NewBuilder(f)
	const n = 20
	var x [n]*ir.Value
	for i := range x {
		f.Slots = append(f.Slots, ir.Slot{Input: []int{i}})
		x[i] = b.Input("", ir.SlotIn, i)
	}
	y := x[0]
	for _, v := range x[1:] {
		y = b.Apply("", op.Must("add"), y, v)
	}
	b.Return(y, ir.H, 0)
	for _, c := range []struct {
		set  func(*File) *Vector
		want string
	}{{AVX512, ""}, {AVX2, "amd64: sum holds more values than AVX2 has registers for"}} {
		file := NewFile()
		v := c.set(file)
		v.Function("sum")
		v.SignatureExpr("func(x *float32)")
		p := v.GP64()
		v.Load(v.Param("x"), p)
		v.Graph(f, func(ir.Port) reg.VecVirtual {
			x := v.New()
			v.VMOVUPS(operand.Mem{Base: p}, x)
			return x
		}, func(y reg.VecVirtual, _ ir.Port) { v.VMOVUPS(y, operand.Mem{Base: p}) })
		v.RET()
		if _, _, err := file.Print("p"); err == nil && c.want != "" || err != nil && err.Error() != c.want {
			t.Errorf("%s: %v, want %q", v.Name, err, c.want)
		}
	}
}
