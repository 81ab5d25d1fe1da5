package amd64

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/cellgen/cellgen/gen/op"
)

// Vector is an instruction set's vectors of float32 in a file, and what selects their
// instructions.
type Vector struct {
	*File
	Name      string // the suffix of its functions' names
	Lanes     int    // values in a vector
	Registers int    // vector registers of the instruction set

	// New returns a new virtual register.
	New func() reg.VecVirtual

	// Tail returns a mask of the first n lanes, for n up to Lanes. LoadTail and
	// StoreTail do not touch memory beyond these; lanes that are not loaded are 0.
	Tail      func(n reg.GPVirtual) reg.Register
	LoadTail  func(from operand.Mem, mask, to reg.Register)
	StoreTail func(from, mask reg.Register, to operand.Mem)

	embeds     bool                          // whether instructions broadcast constants from memory
	passNaN    func(from, to reg.VecVirtual) // copies the lanes that are NaN
	operations map[*op.Op]operation          // of the operators without a lowering
	held       map[uint32]reg.VecVirtual     // constants that the current graph has in registers
}

// Begin begins a function that needs no stack and keeps none of its arguments. Its doc
// comment is its name, what it does, and more lines.
func (v *Vector) Begin(name, signature, does string, more ...string) {
	v.Function(name)
	v.Attributes(attr.NOSPLIT)
	v.Pragma("noescape")
	v.SignatureExpr(signature)
	v.Doc(append([]string{name + " " + does}, more...)...)
}

// Predicates of VCMPPS. The comparisons are false for NaN.
const (
	unordered   = operand.U8(0x03)
	lessThan    = operand.U8(0x11)
	greaterThan = operand.U8(0x1e)
)

// toNearest makes VROUNDPS and VRNDSCALEPS round to the nearest integer, ties to even.
const toNearest = operand.U8(0x08)

// register returns a register that has the operand, and must not be written.
func (v *Vector) register(a arg) reg.VecVirtual {
	if !a.isConst() {
		return a.register
	}
	c := v.held[a.bits]
	if c == nil {
		c = v.own(a)
		v.held[a.bits] = c
	}
	return c
}

// own returns a register that has the operand and may be overwritten.
func (v *Vector) own(a arg) reg.VecVirtual {
	if a.dies {
		return a.register
	}
	c := v.New()
	if a.isConst() {
		v.VBROADCASTSS(v.constant(a.bits), c)
	} else {
		v.VMOVAPS(a.register, c)
	}
	return c
}

// emit emits an instruction whose first source is a. If possible, the instruction
// broadcasts a constant from memory.
func (v *Vector) emit(i instruction, a arg, rest ...operand.Op) {
	if a.isConst() && v.embeds {
		i.broadcast(append([]operand.Op{v.constant(a.bits)}, rest...)...)
	} else {
		i.plain(append([]operand.Op{v.register(a)}, rest...)...)
	}
}
