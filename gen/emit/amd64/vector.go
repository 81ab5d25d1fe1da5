package amd64

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vector is an instruction set's vectors of float32, in a file.
type Vector struct {
	*File
	Name      string // ends the names of its functions
	Lanes     int
	Registers int

	// New returns a register that nothing uses yet.
	New func() reg.VecVirtual

	// Tail returns a mask of the first n lanes, for n up to Lanes. LoadTail and
	// StoreTail leave memory beyond them alone; a lane that is not loaded is 0.
	Tail      func(n reg.GPVirtual) reg.Register
	LoadTail  func(from operand.Mem, mask, to reg.Register)
	StoreTail func(from, mask reg.Register, to operand.Mem)

	embeds     bool                          // instructions broadcast a constant from memory
	passNaN    func(from, to reg.VecVirtual) // lanes that are NaN, those alone
	operations map[string]operation          // by the names of operators
	held       map[uint32]reg.VecVirtual     // constants that the graph in the making has in registers
}

// Begin begins a function that needs no stack and keeps none of its arguments.
// What it does follows its name in its documentation, before more lines.
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

// toNearest has VROUNDPS and VRNDSCALEPS round to integers, ties to even.
const toNearest = operand.U8(0x08)

// register returns a register that has the operand, and is not to be written.
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

// emit emits an instruction whose source is a: of a constant, if it can be, as
// memory that the instruction broadcasts.
func (v *Vector) emit(i instruction, a arg, rest ...operand.Op) {
	if a.isConst() && v.embeds {
		i.broadcast(append([]operand.Op{v.constant(a.bits)}, rest...)...)
	} else {
		i.plain(append([]operand.Op{v.register(a)}, rest...)...)
	}
}
