package amd64

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/op"
)

// operation emits an operator and returns the register of its result. It may overwrite
// operands that die.
type operation func(x ...arg) reg.VecVirtual

// arg is an operand: a register or, if that is nil, a constant.
type arg struct {
	register reg.VecVirtual
	bits     uint32 // of the constant
	dies     bool   // nothing reads the register afterwards
}

func (a arg) isConst() bool { return a.register == nil }

// Constants of operations.
var (
	one       = arg{bits: math.Float32bits(1)}
	sign      = arg{bits: 1 << 31}
	magnitude = arg{bits: 1<<31 - 1}
	nan       = arg{bits: 0x3ff << 22} // that processors make of ∞ − ∞

	threeQuarters = arg{bits: math.Float32bits(0.75)}
	fraction      = arg{bits: 1<<23 - 1}
)

// instruction is a method of avo's context, and the method whose form of the instruction
// broadcasts its first operand from memory. Operands stand in Go's order, the reverse of
// Intel's, with the result last.
type instruction struct{ plain, broadcast func(operands ...operand.Op) }

// common returns the operations that the instruction sets share.
func (v *Vector) common() map[*op.Op]operation {
	and := v.commutative(instruction{v.VANDPS, v.VANDPS_BCST})
	or := v.commutative(instruction{v.VORPS, v.VORPS_BCST})
	xor := v.commutative(instruction{v.VXORPS, v.VXORPS_BCST})
	plus := v.commutative(instruction{v.VPADDD, v.VPADDD_BCST})
	minus := v.binary(instruction{v.VPSUBD, v.VPSUBD_BCST})
	return map[*op.Op]operation{
		op.Identity: func(x ...arg) reg.VecVirtual { return v.own(x[0]) },
		op.Add:      v.commutative(instruction{v.VADDPS, v.VADDPS_BCST}),
		op.Sub:      v.binary(instruction{v.VSUBPS, v.VSUBPS_BCST}),
		op.Mul:      v.commutative(instruction{v.VMULPS, v.VMULPS_BCST}),
		op.Div:      v.binary(instruction{v.VDIVPS, v.VDIVPS_BCST}),
		op.Greater:  v.extreme(v.VMAXPS),
		op.Lesser:   v.extreme(v.VMINPS),
		op.Max:      v.max,
		op.AtLeast:  v.atLeast,
		op.FMA:      v.fma,
		op.Neg:      func(x ...arg) reg.VecVirtual { return xor(x[0], sign) },
		op.Abs:      func(x ...arg) reg.VecVirtual { return and(x[0], magnitude) },
		op.Sqrt: func(x ...arg) reg.VecVirtual {
			y := v.New()
			v.VSQRTPS(v.register(x[0]), y)
			return y
		},
		op.Exponent: func(x ...arg) reg.VecVirtual {
			y := minus(x[0], threeQuarters)
			v.VPSRAD(operand.U8(23), y, y)
			v.VCVTDQ2PS(y, y)
			return y
		},
		op.Mantissa: func(x ...arg) reg.VecVirtual {
			y := minus(x[0], threeQuarters)
			return plus(arg{register: and(arg{register: y}, fraction)}, threeQuarters)
		},
		op.Copysign: func(x ...arg) reg.VecVirtual {
			return or(arg{register: and(x[0], magnitude)}, arg{register: and(x[1], sign)})
		},
	}
}

// binary returns the operation of an instruction with two operands.
func (v *Vector) binary(i instruction) operation {
	return func(x ...arg) reg.VecVirtual {
		a, y := v.register(x[0]), v.New()
		v.emit(i, x[1], a, y)
		return y
	}
}

// commutative returns the operation of an instruction whose two operands may be swapped.
func (v *Vector) commutative(i instruction) operation {
	emit := v.binary(i)
	return func(x ...arg) reg.VecVirtual {
		if x[0].isConst() {
			return emit(x[1], x[0])
		}
		return emit(x[0], x[1])
	}
}

// fma emits x₀·x₁ + x₂ into the register of an operand that dies, preferably x₂, if one
// does.
func (v *Vector) fma(x ...arg) reg.VecVirtual {
	a, b, c := x[0], x[1], x[2]
	if a.isConst() || b.dies && !a.dies {
		a, b = b, a
	}
	switch {
	case c.dies || !a.dies: // c += a·b
		y := v.own(c)
		v.emit(instruction{v.VFMADD231PS, v.VFMADD231PS_BCST}, b, v.register(a), y)
		return y
	case b.isConst(): // a = a·b + c
		v.emit(instruction{v.VFMADD132PS, v.VFMADD132PS_BCST}, b, v.register(c), a.register)
	default: // a = b·a + c
		v.emit(instruction{v.VFMADD213PS, v.VFMADD213PS_BCST}, c, v.register(b), a.register)
	}
	return a.register
}

// max emits x₀ if it is larger or NaN, and else x₁, which VMAXPS returns if they are both
// zeros or one is NaN.
func (v *Vector) max(x ...arg) reg.VecVirtual {
	y := v.atLeast(x[1], x[0])
	if !x[0].isConst() {
		v.passNaN(x[0].register, y)
	}
	return y
}

// atLeast emits x₀, or x₁ if x₀ is below it.
func (v *Vector) atLeast(x ...arg) reg.VecVirtual {
	y := v.New()
	v.VMAXPS(v.register(x[0]), v.register(x[1]), y)
	return y
}

// extreme returns the operation of VMINPS or VMAXPS. These return their second operand (in
// Intel's order) if either operand is NaN or both are zeros, so a constant comes first; if
// the first operand is not a constant, its NaNs are passed on.
func (v *Vector) extreme(i func(...operand.Op)) operation {
	return func(x ...arg) reg.VecVirtual {
		a, b := x[0], x[1]
		if b.isConst() {
			a, b = b, a
		}
		first, second, y := v.register(a), v.register(b), v.New()
		i(second, first, y)
		if !a.isConst() {
			v.passNaN(first, y)
		}
		return y
	}
}
