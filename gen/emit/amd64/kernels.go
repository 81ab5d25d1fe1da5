package amd64

import (
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
)

// WriteKernels returns a cell's kernels in assembly: forwardAVX512, backwardAVX512,
// forwardAVX2 and backwardAVX2. They link only with a package that declares a variable
// named after the generation. They check nothing: their callers in Go must pass at least
// one row, and memory for all rows.
func WriteKernels(generation string, forward, backward *ir.Func) (assembly []byte, err error) {
	f := NewFile()
	for _, v := range []*Vector{AVX512(f), AVX2(f)} {
		v.kernel("forward", generation, forward)
		v.kernel("backward", generation, backward)
	}
	assembly, _, err = f.Print("kernel")
	return assembly, err
}

// units is the number of units in a block.
const units = ir.Units

// kernel emits a graph over the rows of a block. Vectors that are half a block wide take
// every row in two halves.
func (v *Vector) kernel(name, generation string, f *ir.Func) {
	list := f.Rows()
	var params []string
	for _, r := range list {
		params = append(params, r.Name)
	}
	v.Function(name + v.Name)
	v.SignatureExpr("func(rows int, " + strings.Join(params, ", ") + " *float32, stride int)")
	v.kernels[name+v.Name] = v.Lanes
	rows, stride := v.Load(v.Param("rows"), v.GP64()), v.Load(v.Param("stride"), v.GP64())
	base := make([]reg.Register, len(list))
	for i, r := range list {
		base[i] = v.Load(v.Param(r.Name), v.GP64())
	}
	v.SHLQ(operand.U8(2), stride)
	v.Comment("Nothing reads it: it links with files of this generation alone.")
	v.LEAQ(operand.NewDataAddr(operand.Symbol{Name: "·" + generation}, 0), v.GP64())
	var half reg.Register // the second half's offset, or 0
	if v.Lanes < units {
		half = v.GP64()
		v.XORQ(half, half)
	}
	at := func(p ir.Port) operand.Mem {
		i := ir.RowsOf(list, p)
		m := operand.Mem{Base: base[i], Disp: 4 * list[i].Offset(p)}
		if half != nil {
			m.Index, m.Scale = half, 1
		}
		return m
	}
	v.Label("row")
	v.Graph(f, func(p ir.Port) reg.VecVirtual {
		x := v.New()
		v.VMOVUPS(at(p), x)
		return x
	}, func(y reg.VecVirtual, p ir.Port) { v.VMOVUPS(y, at(p)) })
	if half != nil {
		v.Comment("The other half of the row.")
		v.XORQ(operand.U8(4*v.Lanes), half)
		v.JNZ(operand.LabelRef("row"))
	}
	v.Comment("The next row.")
	for i, r := range list {
		if r.Strided {
			v.ADDQ(stride, base[i])
		} else {
			v.ADDQ(operand.U32(4*units*r.Width), base[i])
		}
	}
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("row"))
	v.VZEROUPPER()
	v.RET()
}
