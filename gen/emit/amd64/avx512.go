package amd64

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/op"
)

// AVX512 returns the vectors of AVX-512 (F, BW, DQ, VL) with BMI2: 16 lanes. It is called
// once per file.
func AVX512(f *File) *Vector {
	v := &Vector{File: f, Name: "AVX512", Lanes: 16, Registers: evexRegisters, New: f.ZMM, embeds: true}
	v.Tail = func(n reg.GPVirtual) reg.Register {
		bits, mask := f.GP32(), f.K()
		f.MOVL(operand.I32(-1), bits)
		f.BZHIL(n.As32(), bits, bits)
		f.KMOVW(bits, mask)
		return mask
	}
	v.LoadTail = func(from operand.Mem, mask, to reg.Register) { f.VMOVUPS_Z(from, mask, to) }
	v.StoreTail = func(from, mask reg.Register, to operand.Mem) { f.VMOVUPS(from, mask, to) }
	v.passNaN = func(from, to reg.VecVirtual) {
		k := f.K()
		f.VCMPPS(unordered, from, from, k)
		f.VMOVAPS(from, k, to)
	}
	v.operations = v.common()
	v.operations[op.Round] = func(x ...arg) reg.VecVirtual {
		y := f.ZMM()
		f.VRNDSCALEPS(toNearest, v.register(x[0]), y)
		return y
	}
	v.operations[op.Select] = v.selectAVX512
	v.operations[op.Copysign] = func(x ...arg) reg.VecVirtual {
		y := v.own(x[0])
		f.VPTERNLOGD_BCST(bitwiseSelect, f.constant(magnitude.bits), v.register(x[1]), y)
		return y
	}
	v.operations[op.Flush] = v.flushAVX512
	v.operations[op.Trim] = func(x ...arg) reg.VecVirtual {
		from, k, y := v.register(x[0]), f.K(), f.ZMM()
		f.VPTESTMD_BCST(f.constant(large.bits), from, k)
		f.VMOVAPS_Z(from, k, y)
		return y
	}
	scale2 := v.binary(instruction{f.VSCALEFPS, f.VSCALEFPS_BCST})
	v.operations[op.Scale2] = scale2
	v.operations[op.Pow2] = func(x ...arg) reg.VecVirtual { return scale2(one, x[0]) }
	return v
}

// bitwiseSelect makes VPTERNLOGD take a bit of the result's old value where the first
// source's bit, in Go's order, is 1, and a bit of the second source elsewhere.
const bitwiseSelect = operand.U8(0xe4)

// selectAVX512 orders the comparison so that the instruction can broadcast a constant.
func (v *Vector) selectAVX512(x ...arg) reg.VecVirtual {
	p, q, predicate := x[0], x[1], lessThan
	if p.isConst() {
		p, q, predicate = q, p, greaterThan
	}
	k, y := v.K(), v.New()
	first := v.register(p)
	if q.isConst() {
		v.VCMPPS_BCST(predicate, v.constant(q.bits), first, k)
	} else {
		v.VCMPPS(predicate, q.register, first, k)
	}
	v.emit(instruction{v.VBLENDMPS, v.VBLENDMPS_BCST}, x[2], v.register(x[3]), k, y)
	return y
}

// large has the bits of the exponent one of which is set if |x| ≥ 2⁻⁹⁵.
var large = arg{bits: magnitude.bits &^ (math.Float32bits(op.Tiny) - 1)}

// fixNaN makes VFIXUPIMMPS the table of what becomes of each class of numbers, a hex digit
// a class, NaNs last: 1 stands for the number itself, 3 for the one NaN.
var fixNaN = arg{bits: 0x11111133}

// flushAVX512 masks what is not large, and replaces NaNs in the rest.
func (v *Vector) flushAVX512(x ...arg) reg.VecVirtual {
	k, y := v.K(), v.own(x[0])
	v.VPTESTMD_BCST(v.constant(large.bits), y, k)
	v.VFIXUPIMMPS_BCST_Z(operand.U8(0), v.constant(fixNaN.bits), y, k, y)
	return y
}
