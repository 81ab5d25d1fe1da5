package amd64

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// AVX512 returns the vectors of AVX-512 (F, BW, DQ, VL) with BMI2, 16 lanes, once a file.
func AVX512(f *File) *Vector {
	v := &Vector{File: f, Name: "AVX512", Lanes: 16, New: f.ZMM}
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
	v.operations["round"] = func(x ...arg) reg.VecVirtual {
		y := f.ZMM()
		f.VRNDSCALEPS(toNearest, v.register(x[0]), y)
		return y
	}
	v.operations["select"] = func(x ...arg) reg.VecVirtual {
		k, y := f.K(), f.ZMM()
		f.VCMPPS(lessThan, v.register(x[1]), v.register(x[0]), k)
		f.VBLENDMPS(v.register(x[2]), v.register(x[3]), k, y)
		return y
	}
	scale2 := v.binary(f.VSCALEFPS)
	v.operations["scale2"] = scale2
	v.operations["pow2"] = func(x ...arg) reg.VecVirtual { return scale2(one, x[0]) }
	return v
}
