package amd64

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// operation emits an operator and returns the register of its result. It may
// overwrite operands that die.
type operation func(x ...arg) reg.VecVirtual

// arg is an operand: a register or, where that is nil, a constant.
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
)

// instruction is a method of avo's context, and its form that broadcasts its
// first operand from memory. Operands stand in Go's order: the reverse of
// Intel's, the result last.
type instruction struct{ plain, broadcast func(operands ...operand.Op) }

// common returns the operations that the instruction sets share.
func (v *Vector) common() map[string]operation {
	and := v.commutative(instruction{v.VANDPS, v.VANDPS_BCST})
	or := v.commutative(instruction{v.VORPS, v.VORPS_BCST})
	xor := v.commutative(instruction{v.VXORPS, v.VXORPS_BCST})
	return map[string]operation{
		"identity": func(x ...arg) reg.VecVirtual { return v.own(x[0]) },
		"add":      v.commutative(instruction{v.VADDPS, v.VADDPS_BCST}),
		"sub":      v.binary(instruction{v.VSUBPS, v.VSUBPS_BCST}),
		"mul":      v.commutative(instruction{v.VMULPS, v.VMULPS_BCST}),
		"div":      v.binary(instruction{v.VDIVPS, v.VDIVPS_BCST}),
		"max":      v.extreme(v.VMAXPS),
		"min":      v.extreme(v.VMINPS),
		"fma":      v.fma,
		"neg":      func(x ...arg) reg.VecVirtual { return xor(x[0], sign) },
		"abs":      func(x ...arg) reg.VecVirtual { return and(x[0], magnitude) },
		"copysign": func(x ...arg) reg.VecVirtual {
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

// commutative returns that of one whose operands may change places.
func (v *Vector) commutative(i instruction) operation {
	emit := v.binary(i)
	return func(x ...arg) reg.VecVirtual {
		if x[0].isConst() {
			return emit(x[1], x[0])
		}
		return emit(x[0], x[1])
	}
}

// fma emits x₀·x₁ + x₂, in the place of an operand that dies if there is one,
// preferably the sum.
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

// extreme returns the operation of VMINPS or VMAXPS, which return their second
// operand (in Intel's order) if either is NaN, and of two zeros. So a constant
// comes first; of anything else that does, a NaN is passed on.
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
