package amd64

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vector is an instruction set's vectors of float32, in a file.
type Vector struct {
	*File
	Name  string // ends the names of its functions
	Lanes int

	// New returns a register that nothing uses yet.
	New func() reg.VecVirtual

	// Tail returns a mask of the first n lanes, for n up to Lanes. LoadTail and
	// StoreTail leave memory beyond them alone; a lane that is not loaded is 0.
	Tail      func(n reg.GPVirtual) reg.Register
	LoadTail  func(from operand.Mem, mask, to reg.Register)
	StoreTail func(from, mask reg.Register, to operand.Mem)

	passNaN    func(from, to reg.VecVirtual) // lanes that are NaN, those alone
	operations map[string]operation          // by the names of operators
}

// Predicates of VCMPPS.
const (
	unordered = operand.U8(0x03)
	lessThan  = operand.U8(0x11) // false for NaN
)

// toNearest has VROUNDPS and VRNDSCALEPS round to integers, ties to even.
const toNearest = operand.U8(0x08)
