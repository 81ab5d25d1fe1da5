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

// instruction is a method of avo's context. Operands stand in Go's order: the
// reverse of Intel's, the result last.
type instruction func(operands ...operand.Op)

// common returns the operations that the instruction sets share.
func (v *Vector) common() map[string]operation {
	and, or, xor := v.binary(v.VANDPS), v.binary(v.VORPS), v.binary(v.VXORPS)
	return map[string]operation{
		"identity": func(x ...arg) reg.VecVirtual { return v.own(x[0]) },
		"add":      v.binary(v.VADDPS),
		"sub":      v.binary(v.VSUBPS),
		"mul":      v.binary(v.VMULPS),
		"div":      v.binary(v.VDIVPS),
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

// register returns a register that has the operand.
func (v *Vector) register(a arg) reg.VecVirtual {
	if !a.isConst() {
		return a.register
	}
	c := v.New()
	v.VBROADCASTSS(v.constant(a.bits), c)
	return c
}

// own returns a register that has the operand and may be overwritten.
func (v *Vector) own(a arg) reg.VecVirtual {
	if a.isConst() || a.dies {
		return v.register(a)
	}
	c := v.New()
	v.VMOVAPS(a.register, c)
	return c
}

// binary returns the operation of an instruction with two operands.
func (v *Vector) binary(i instruction) operation {
	return func(x ...arg) reg.VecVirtual {
		a, b, y := v.register(x[0]), v.register(x[1]), v.New()
		i(b, a, y)
		return y
	}
}

// fma emits x₀·x₁ + x₂, in the place of x₂.
func (v *Vector) fma(x ...arg) reg.VecVirtual {
	a, b, y := v.register(x[0]), v.register(x[1]), v.own(x[2])
	v.VFMADD231PS(b, a, y)
	return y
}

// extreme returns the operation of VMINPS or VMAXPS, which return their second
// operand (in Intel's order) if either is NaN, and of two zeros. So a constant
// comes first; of anything else that does, a NaN is passed on.
func (v *Vector) extreme(i instruction) operation {
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
