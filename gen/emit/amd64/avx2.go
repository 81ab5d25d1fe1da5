package amd64

import (
	"math"
	"sync"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/op"
)

// AVX2 returns the vectors of AVX2 with FMA: 8 lanes. It is called once per file.
func AVX2(f *File) *Vector {
	v := &Vector{File: f, Name: "AVX2", Lanes: 8, Registers: vexRegisters, New: f.YMM}
	v.tailAVX2()
	v.passNaN = func(from, to reg.VecVirtual) {
		mask := f.YMM()
		f.VCMPPS(unordered, from, from, mask)
		f.VORPS(mask, to, to) // all ones are a NaN
	}
	v.operations = v.common()
	v.operations[op.Round] = func(x ...arg) reg.VecVirtual {
		y := f.YMM()
		f.VROUNDPS(toNearest, v.register(x[0]), y)
		return y
	}
	v.operations[op.Select] = func(x ...arg) reg.VecVirtual {
		mask, y := f.YMM(), f.YMM()
		f.VCMPPS(lessThan, v.register(x[1]), v.register(x[0]), mask)
		f.VBLENDVPS(mask, v.register(x[2]), v.register(x[3]), y)
		return y
	}
	v.operations[op.Flush] = v.flushAVX2
	v.operations[op.Trim] = v.trimAVX2
	v.operations[op.Scale2] = v.scale2
	v.operations[op.Pow2] = func(x ...arg) reg.VecVirtual {
		n := f.YMM()
		f.VCVTPS2DQ(v.register(x[0]), n)
		return v.power(n)
	}
	return v
}

// tailAVX2 sets how tails are loaded and stored. Their masks are read from an array of as
// many ones as there are lanes, followed by zeros, starting n before the zeros.
func (v *Vector) tailAVX2() {
	masks := sync.OnceValue(func() operand.Mem {
		masks := v.StaticGlobal("masks")
		v.DataAttributes(attr.RODATA | attr.NOPTR)
		for range v.Lanes {
			v.AppendDatum(operand.U32(1<<32 - 1))
		}
		for range v.Lanes {
			v.AppendDatum(operand.U32(0))
		}
		return masks
	})
	v.Tail = func(n reg.GPVirtual) reg.Register {
		zeros, before, mask := v.GP64(), v.GP64(), v.YMM()
		v.LEAQ(masks().Offset(4*v.Lanes), zeros)
		v.MOVQ(n, before)
		v.NEGQ(before)
		v.VMOVUPS(operand.Mem{Base: zeros, Index: before, Scale: 4}, mask)
		return mask
	}
	v.LoadTail = func(from operand.Mem, mask, to reg.Register) { v.VMASKMOVPS(from, mask, to) }
	v.StoreTail = func(from, mask reg.Register, to operand.Mem) { v.VMASKMOVPS(from, mask, to) }
}

// scale2 emits x₀·2ⁿ, with 2ⁿ as two factors, as the runtime's portable scale2 does.
func (v *Vector) scale2(x ...arg) reg.VecVirtual {
	n, half, rest, y := v.YMM(), v.YMM(), v.YMM(), v.YMM()
	v.VCVTPS2DQ(v.register(x[1]), n)
	v.VPSRAD(operand.U8(1), n, half)
	v.VPSUBD(half, n, rest)
	v.VMULPS(v.power(half), v.register(x[0]), y)
	v.VMULPS(v.power(rest), y, y)
	return y
}

// power emits 2ⁿ, in the register of the integers n: it adds them to the exponent of 1.
func (v *Vector) power(n reg.VecVirtual) reg.VecVirtual {
	v.VPSLLD(operand.U8(23), n, n)
	v.VPADDD(v.register(one), n, n)
	return n
}

// trimAVX2 compares |x|, as an integer, with the largest that becomes 0.
func (v *Vector) trimAVX2(x ...arg) reg.VecVirtual {
	from, y := v.register(x[0]), v.YMM()
	v.VANDPS(v.register(magnitude), from, y)
	v.VPCMPGTD(v.register(arg{bits: math.Float32bits(op.Tiny) - 1}), y, y)
	v.VANDPS(from, y, y)
	return y
}

func (v *Vector) flushAVX2(x ...arg) reg.VecVirtual {
	from, isNaN := v.register(x[0]), v.YMM()
	y := v.trimAVX2(arg{register: from})
	v.VCMPPS(unordered, from, from, isNaN)
	v.VBLENDVPS(isNaN, v.register(nan), y, y)
	return y
}
