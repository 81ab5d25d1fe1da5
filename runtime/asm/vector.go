package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vector is an instruction set's vectors of float32.
type vector struct {
	*build.Context
	name    string
	lanes   int
	columns [tileRows]int // of a tile of 1, 2, … rows, the most vectors there are registers for
	new     func() reg.VecVirtual

	// tail returns a mask of the first n lanes; load and store leave memory
	// beyond them alone, and a lane that is not loaded is zero.
	tail  func(n reg.Register) reg.Register
	load  func(from operand.Mem, mask, to reg.Register)
	store func(from, mask reg.Register, to operand.Mem)
}

// avx512 has 32 registers: of 6 × 4 sums, 4 vectors of B and one of A, 29.
func avx512(c *build.Context) vector {
	return vector{
		Context: c, name: "AVX512", lanes: 16, columns: [...]int{12, 8, 6, 4, 4, 4},
		new: c.ZMM,
		tail: func(n reg.Register) reg.Register {
			bits, mask := c.GP32(), c.K()
			c.MOVL(operand.I32(-1), bits)
			c.BZHIL(n.(reg.GP).As32(), bits, bits)
			c.KMOVW(bits, mask)
			return mask
		},
		load:  func(from operand.Mem, mask, to reg.Register) { c.VMOVUPS_Z(from, mask, to) },
		store: func(from, mask reg.Register, to operand.Mem) { c.VMOVUPS(from, mask, to) },
	}
}

// avx2 has 16 registers: of 6 × 2 sums, 2 vectors of B and one of A, 15.
func avx2(c *build.Context) vector {
	const lanes = 8
	masks := c.StaticGlobal("masks")
	c.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 2 * lanes {
		mask := operand.U32(0)
		if i < lanes {
			mask--
		}
		c.AddDatum(4*i, mask)
	}
	return vector{
		Context: c, name: "AVX2", lanes: lanes, columns: [...]int{12, 4, 3, 3, 2, 2},
		new: c.YMM,
		tail: func(n reg.Register) reg.Register {
			end, mask := c.GP64(), c.YMM()
			c.LEAQ(masks.Offset(4*lanes), end)
			c.SHLQ(operand.U8(2), n)
			c.SUBQ(n, end)
			c.VMOVUPS(operand.Mem{Base: end}, mask)
			return mask
		},
		load:  func(from operand.Mem, mask, to reg.Register) { c.VMASKMOVPS(from, mask, to) },
		store: func(from, mask reg.Register, to operand.Mem) { c.VMASKMOVPS(from, mask, to) },
	}
}

// start begins a function that needs no stack and keeps none of its arguments.
func (v vector) start(name, signature string) {
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.Pragma("noescape")
	v.SignatureExpr(signature)
}

// param returns a register that holds an argument.
func (v vector) param(name string) reg.Register { return v.Load(v.Param(name), v.GP64()) }
