package amd64

import (
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// assigner goes through the instructions of a basic block.
type assigner struct {
	nodes   []ir.Node // the result
	frame   *frame
	vectors map[reg.ID]*vector
	holds   []*vector // the vector in each register, or nil
	at      int       // the current instruction
}

// vector is a virtual register, and where its value is now.
type vector struct {
	reg.Register
	reads []int        // the instructions that read it, from the current one on
	in    int          // its register, or none
	again *reload      // loads it, if it is in memory
	place *operand.Mem // in the frame, or nil
}

const none = -1

// reload is an instruction that loads a vector.
type reload struct {
	load func(...operand.Op) (*ir.Instruction, error)
	from operand.Op
}

// newAssigner returns the assigner of a basic block. It leaves avo the registers for the
// vectors that cross blocks.
func newAssigner(block []ir.Node, crossing map[reg.ID]bool, f *frame) (*assigner, error) {
	a := &assigner{frame: f, vectors: make(map[reg.ID]*vector)}
	registers := evexRegisters
	for at, i := range instructions(block) {
		for _, r := range i.Registers() {
			if isVector(r) && r.Mask() != reg.S512.Mask() {
				registers = vexRegisters
			}
			if isVector(r) && !crossing[r.ID()] && a.vectors[r.ID()] == nil {
				a.vectors[r.ID()] = &vector{Register: r, in: none}
			}
		}
		for _, v := range a.among(i.InputRegisters()) {
			v.reads = append(v.reads, at)
		}
	}
	if len(crossing) > registers {
		return nil, fmt.Errorf("%s keeps %d vectors across labels; there are %d registers", f.fn.Name, len(crossing), registers)
	}
	a.holds = make([]*vector, registers-len(crossing))
	return a, nil
}

// among returns the vectors of a list of registers, each once.
func (a *assigner) among(list []reg.Register) (vectors []*vector) {
	for _, r := range list {
		if v := a.vectors[r.ID()]; v != nil && !slices.Contains(vectors, v) {
			vectors = append(vectors, v)
		}
	}
	return vectors
}

// instruction appends an instruction with registers for its vectors, after loading the
// vectors that it reads.
func (a *assigner) instruction(i *ir.Instruction) {
	reads, writes := a.among(i.InputRegisters()), a.among(i.OutputRegisters())
	for _, v := range reads {
		if v.in == none {
			a.enter(v, reads)
			if v.again != nil { // avo takes a blend to read what it writes, here for the first time
				a.emit(v.again.load(v.again.from, v.physical()))
			}
		}
	}
	allocation := reg.NewEmptyAllocation()
	for _, v := range reads {
		allocation[v.ID()] = v.physical().ID()
		v.reads = v.reads[1:]
		if len(v.reads) == 0 && !slices.Contains(writes, v) {
			a.leave(v)
		}
	}
	for _, v := range writes {
		if v.in == none {
			a.enter(v, reads)
		}
		allocation[v.ID()] = v.physical().ID()
		v.again = a.frame.loaded(i)
		if len(v.reads) == 0 {
			a.leave(v)
		}
	}
	if again := a.frame.stored(i); again != nil && len(reads) > 0 {
		reads[0].again = again
	}
	bind(i, allocation)
	a.emit(i, nil)
	a.at++
}

func (a *assigner) emit(i *ir.Instruction, err error) {
	if err != nil {
		panic("amd64: " + err.Error())
	}
	a.nodes = append(a.nodes, i)
}

// enter finds a register for a vector. If none is free, it evicts a vector that the
// current instruction does not read.
func (a *assigner) enter(v *vector, reads []*vector) {
	at := slices.Index(a.holds, nil)
	if at == none {
		for r, held := range a.holds {
			if !slices.Contains(reads, held) && (at == none || a.distance(held) > a.distance(a.holds[at])) {
				at = r
			}
		}
		a.evict(a.holds[at])
	}
	v.in, a.holds[at] = at, v
}

// distance is how many instructions away the next use of a vector is. A vector that is
// in memory counts double, as it need not be stored.
func (a *assigner) distance(v *vector) int {
	d := v.reads[0] - a.at
	if v.again != nil {
		d *= 2
	}
	return d
}

// evict frees a vector's register, and stores the vector if it is not in memory yet.
func (a *assigner) evict(v *vector) {
	if v.again == nil {
		if v.place == nil {
			v.place = a.frame.take(int(v.Size()))
		}
		a.emit(x86.VMOVUPS(v.physical(), *v.place))
		v.again = &reload{x86.VMOVUPS, *v.place}
	}
	a.holds[v.in], v.in = nil, none
}

// leave frees what a dead vector holds.
func (a *assigner) leave(v *vector) {
	if v.in != none {
		a.holds[v.in], v.in = nil, none
	}
	if v.place != nil {
		a.frame.free = append(a.frame.free, v.place)
	}
}

func (v *vector) physical() reg.Physical {
	return reg.LookupPhysical(reg.KindVector, reg.Index(v.in), reg.Spec(v.Mask()))
}

// loaded returns how the vector that i writes can be loaded again, or nil.
func (f *frame) loaded(i *ir.Instruction) *reload {
	if len(i.Operands) != 2 || !f.stays(i.Operands[0]) {
		return nil
	}
	switch i.Opcode {
	case "VMOVUPS":
		return &reload{x86.VMOVUPS, i.Operands[0]}
	case "VBROADCASTSS":
		return &reload{x86.VBROADCASTSS, i.Operands[0]}
	}
	return nil
}

// stored returns how the vector that i stores can be loaded again, or nil.
func (f *frame) stored(i *ir.Instruction) *reload {
	if i.Opcode != "VMOVUPS" || len(i.Operands) != 2 || !f.stays(i.Operands[1]) {
		return nil
	}
	return &reload{x86.VMOVUPS, i.Operands[1]}
}

// bind replaces virtual registers in an instruction.
func bind(i *ir.Instruction, by reg.Allocation) {
	for _, operands := range [][]operand.Op{i.Operands, i.Inputs, i.Outputs} {
		for at, o := range operands {
			operands[at] = operand.ApplyAllocation(o, by)
		}
	}
}

// frame hands out places for vectors in a function's frame.
type frame struct {
	fn      *ir.Function
	free    []*operand.Mem
	passing map[reg.ID]bool
}

// stays reports whether an operand is in memory at an address that stays in registers.
func (f *frame) stays(o operand.Op) bool {
	m, ok := o.(operand.Mem)
	return ok && (m.Base == nil || !f.passing[m.Base.ID()])
}

func (f *frame) take(size int) *operand.Mem {
	if n := len(f.free); n > 0 {
		place := f.free[n-1]
		f.free = f.free[:n-1]
		return place
	}
	place := f.fn.AllocLocal(size)
	return &place
}
