package amd64

import (
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
)

// WriteKernels returns a cell's kernels in assembly: forwardAVX512,
// backwardAVX512, forwardAVX2 and backwardAVX2. They link with a variable of the
// package that has the name of its generation, and no other. Go has to check what they are
// given: at least one row, and memory for all.
func WriteKernels(generation string, forward, backward *ir.Func) (assembly []byte, err error) {
	f := NewFile()
	for _, v := range []*Vector{AVX512(f), AVX2(f)} {
		v.kernel("forward", generation, forward, []port{{"tile", ir.SlotIn}, {"cPrev", ir.CPrev}, {"saved", ir.Saved}, {"h", ir.H}, {"c", ir.C}})
		v.kernel("backward", generation, backward, []port{
			{"saved", ir.Saved}, {"cPrev", ir.CPrev}, {"dH", ir.DH}, {"dC", ir.DC}, {"dTile", ir.DSlot}, {"dCPrev", ir.DCPrev},
		})
	}
	assembly, _, err = f.Print("kernel")
	return assembly, err
}

// units is the number of units of a block, which lie side by side.
const units = 16

// port is a parameter of a kernel, and the ports that it holds rows of.
type port struct {
	param string
	kind  ir.PortKind
}

// kernel emits a graph over rows of a block of units. Vectors of half a block
// take every row twice.
func (v *Vector) kernel(name, generation string, f *ir.Func, ports []port) {
	var params []string
	for _, p := range ports {
		params = append(params, p.param)
	}
	v.Function(name + v.Name)
	v.SignatureExpr("func(rows int, " + strings.Join(params, ", ") + " *float32, stride int)")
	v.kernels[name+v.Name] = v.Lanes
	rows, stride := v.Load(v.Param("rows"), v.GP64()), v.Load(v.Param("stride"), v.GP64())
	base := make(map[ir.PortKind]reg.Register)
	for _, p := range ports {
		base[p.kind] = v.Load(v.Param(p.param), v.GP64())
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
		m := operand.Mem{Base: base[p.Kind], Disp: 4 * units * p.Index}
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
	for _, p := range ports {
		switch p.kind {
		case ir.SlotIn, ir.DSlot:
			v.ADDQ(operand.U32(4*units*len(f.Slots)), base[p.kind])
		case ir.Saved:
			v.ADDQ(operand.U32(4*units*f.Saved()), base[p.kind])
		default:
			v.ADDQ(stride, base[p.kind])
		}
	}
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("row"))
	v.VZEROUPPER()
	v.RET()
}
