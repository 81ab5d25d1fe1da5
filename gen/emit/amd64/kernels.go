package amd64

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/ir"
)

// WriteKernels returns a cell's kernels in assembly: forwardAVX512, backwardAVX512,
// forwardAVX2 and backwardAVX2, and in a cell of several stages forward0AVX512 and so on.
// They link only with a package that declares a variable
// named after the generation. They check nothing: their callers in Go must pass at least
// one row, and memory for all rows.
func WriteKernels(generation string, stages []ir.Stage) (assembly []byte, err error) {
	f := NewFile()
	for _, v := range []*Vector{AVX512(f), AVX2(f)} {
		for k, s := range stages {
			number := ""
			if len(stages) > 1 {
				number = strconv.Itoa(k)
			}
			v.kernel("forward"+number, generation, s.Forward)
			v.kernel("backward"+number, generation, s.Backward)
		}
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
	strides := "stride"
	if slices.ContainsFunc(list, func(r ir.Rows) bool { return r.Fixed }) {
		strides += ", " + ir.VectorStride
	}
	v.SignatureExpr("func(rows int, " + strings.Join(params, ", ") + " *float32, " + strides + " int)")
	v.kernels[name+v.Name] = v.Lanes
	rows, stride := v.Load(v.Param("rows"), v.GP64()), v.Load(v.Param("stride"), v.GP64())
	bases := v.bases(list)
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
		m := operand.Mem{Base: bases.register(i), Disp: 4 * list[i].Offset(p)}
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
		switch {
		case r.Fixed:
			apart := v.Load(v.Param(ir.VectorStride), v.GP64())
			v.SHLQ(operand.U8(2), apart)
			v.ADDQ(apart, bases[i].place)
		case r.Strided:
			v.ADDQ(stride, bases[i].place)
		default:
			v.ADDQ(operand.U32(4*units*r.Width), bases[i].place)
		}
	}
	v.DECQ(rows)
	v.JNZ(operand.LabelRef("row"))
	v.VZEROUPPER()
	v.RET()
}

// inRegisters is how many addresses of rows a kernel keeps in registers; the others stay where
// they were passed, and come into a register for each load and store.
const inRegisters = 10

// bases are the addresses of a kernel's current rows.
type bases []base

type base struct {
	*Vector
	place operand.Op // a register, or memory
}

// bases returns the addresses of the first rows.
func (v *Vector) bases(list []ir.Rows) bases {
	b := make(bases, len(list))
	for i, r := range list {
		if i < inRegisters {
			b[i] = base{v, v.Load(v.Param(r.Name), v.GP64())}
			continue
		}
		param, err := v.Param(r.Name).Resolve()
		if err != nil {
			panic("amd64: " + err.Error())
		}
		b[i] = base{v, param.Addr}
	}
	return b
}

// register returns a register that has an address.
func (b bases) register(i int) reg.Register {
	if r, ok := b[i].place.(reg.Register); ok {
		return r
	}
	r := b[i].GP64()
	b[i].MOVQ(b[i].place, r)
	b[i].passing[r.ID()] = true
	return r
}
