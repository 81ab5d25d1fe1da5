package amd64

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
	"github.com/cellgen/cellgen/gen/op"
)

// WriteFunctions returns the runtime's approximated operators as functions over slices in
// assembly, and the Go file of package pkg that declares them.
func WriteFunctions(pkg string) (assembly, stubs []byte, err error) {
	f := NewFile()
	for _, v := range []*Vector{AVX512(f), AVX2(f)} {
		for _, o := range op.Table() {
			if o.InAssembly() {
				v.function(o)
			}
		}
	}
	return f.Print(pkg)
}

// function emits an operator over slices. Whole vectors and the tail share instructions,
// but each has its own load and store.
func (v *Vector) function(o *op.Op) {
	v.Begin(o.Name+v.Name, "func(dst, x []float32)",
		"computes, with additions and multiplications fused,", "",
		"\tfor i := range dst {",
		fmt.Sprintf("\t\tdst[i] = %s(x[i])", o.Go),
		"\t}")
	dst, x, n := v.GP64(), v.GP64(), v.GP64()
	v.Load(v.Param("dst").Base(), dst)
	v.Load(v.Param("x").Base(), x)
	v.Load(v.Param("dst").Len(), n)
	from, to := operand.Mem{Base: x}, operand.Mem{Base: dst}
	in := v.New()

	v.Label("step")
	v.CMPQ(n, operand.U8(v.Lanes))
	v.JLT(operand.LabelRef("tail"))
	v.VMOVUPS(from, in)

	v.Label("compute")
	primitives, _ := expand(graph(o))
	v.Graph(primitives, func(ir.Port) reg.VecVirtual { return in }, func(y reg.VecVirtual, _ ir.Port) {
		v.CMPQ(n, operand.U8(v.Lanes))
		v.JLT(operand.LabelRef("store"))
		v.VMOVUPS(y, to)
		v.ADDQ(operand.U8(4*v.Lanes), x)
		v.ADDQ(operand.U8(4*v.Lanes), dst)
		v.SUBQ(operand.U8(v.Lanes), n)
		v.JMP(operand.LabelRef("step"))

		v.Label("store")
		v.StoreTail(y, v.Tail(n), to)
		v.JMP(operand.LabelRef("done"))
	})

	v.Label("tail")
	v.TESTQ(n, n)
	v.JZ(operand.LabelRef("done"))
	v.LoadTail(from, v.Tail(n), in)
	v.JMP(operand.LabelRef("compute"))

	v.Label("done")
	v.VZEROUPPER()
	v.RET()
}

// graph returns y = o(x).
func graph(o *op.Op) *ir.Func {
	f := &ir.Func{Name: o.Name, Cell: ir.Cell{States: []ir.State{{Name: "y", Elementwise: true}}}}
	b := ir.NewBuilder(f)
	x := b.Input("x", ir.Prev, 0)
	b.Return(b.Apply("y", o, x), ir.Next, 0)
	return f
}
